/** Books are written once. The database itself refuses what no code of ours should ever try. */
import { beforeAll, describe, expect, it } from "vitest";
import { inTransaction } from "@/db/transaction";
import { shareDatabase } from "@/testing/database";

const db = shareDatabase();

const AT = "2026-01-15T10:00:00Z";

/** A row of each book: a rule that only holds for empty tables would be none. */
const BOOKS = {
  audit_entries: `(tenant_id, id, occurred_at, actor, action, target, reason, details)
    values ('ten_a', 'aud_1', '${AT}', 'system:test', 'plan.change', 'plan:x', 'A test', '{}')`,
  mrr_movements: `(tenant_id, id, sequence, occurred_at, kind, currency, delta_minor, mrr_after_minor, subscription_id, plan_key)
    values ('ten_a', 'mrr_1', 1, '${AT}', 'new', 'usd', 29900, 29900, 'sub_1', 'professional')`,
  dunning_events: `(tenant_id, id, case_id, sequence, occurred_at, kind, actor, reason)
    values ('ten_a', 'dev_1', 'dun_1', 1, '${AT}', 'first_notice', 'system:test', 'A test')`,
  subscription_changes: `(tenant_id, id, occurred_at, kind, from_plan_key, to_plan_key, currency, actor, reason,
      stripe_subscription_id)
    values ('ten_a', 'chg_1', '${AT}', 'created', 'free', 'professional', 'usd', 'system:test', 'A test', 'sub_1')`,
  usage_events: `(tenant_id, key, meter_key, quantity, occurred_at, received_at, period_start_at, metadata)
    values ('ten_a', 'evt_1', 'quantum_job', 1, '${AT}', '${AT}', '${AT}', '{}')`,
  overage_charges: `(tenant_id, id, period_start_at, meter_key, used_quantity, included_quantity, billed_quantity, quantity,
      unit_price, amount_minor, currency, event_count, description, operation_id, created_at)
    values ('ten_a', 'chr_1', '${AT}', 'quantum_job', 145, 100, 0, 45, 0.5, 2250, 'usd', 145, 'Jobs', 'op_1', '${AT}')`,
  refunds: `(tenant_id, id, stripe_payment_intent_id, amount_minor, currency, status, reason, actor, created_at, synced_at)
    values ('ten_a', 'op_1', 'pi_1', 100, 'usd', 'pending', 'A test', 'system:test', '${AT}', '${AT}')`,
} as const;
const TABLES = Object.keys(BOOKS) as Array<keyof typeof BOOKS>;

beforeAll(async () => {
  for (const table of TABLES) await db.pool.query(`insert into ${table} ${BOOKS[table]}`);
});

async function rows(table: string): Promise<unknown[]> {
  return (await db.pool.query(`select * from ${table}`)).rows;
}

describe.each(TABLES)("%s", (table) => {
  it.each([
    ["an update", `update ${table} set tenant_id = 'ten_b'`],
    ["a delete", `delete from ${table}`],
    ["a truncate", `truncate ${table}`],
  ])("refuses %s and keeps its rows", async (_what, statement) => {
    const before = await rows(table);
    expect(before).toHaveLength(1);
    await expect(db.pool.query(statement)).rejects.toMatchObject({
      code: "23001",
      message: expect.stringContaining(`${table} is append only`),
    });
    expect(await rows(table)).toEqual(before);
  });

  it("takes a further row", async () => {
    const another = BOOKS[table].replace("'ten_a'", "'ten_c'");
    await inTransaction(db, async (tx) => {
      expect(await tx.$executeRawUnsafe(`insert into ${table} ${another}`)).toBe(1);
      throw new Error("Only looked.");
    }).catch((error: unknown) => expect(String(error)).toContain("Only looked."));
  });
});

describe("an overage charge", () => {
  it("learns Stripe's ids later and nothing else", async () => {
    await db.pool.query("update overage_charges set stripe_invoice_item_id = 'ii_1', stripe_invoice_id = 'in_1'");
    expect(await rows("overage_charges")).toMatchObject([{ stripe_invoice_item_id: "ii_1", amount_minor: "2250" }]);
    const raised = db.pool.query("update overage_charges set amount_minor = 1, stripe_invoice_id = 'in_2'");
    await expect(raised).rejects.toThrow("append only but for the ids of Stripe");
    expect(await rows("overage_charges")).toMatchObject([{ stripe_invoice_id: "in_1", amount_minor: "2250" }]);
  });
});

describe("a stored event", () => {
  it("moves on in its status and keeps what Stripe sent", async () => {
    await db.pool.query(
      `insert into webhook_events (id, type, subject, created_at, received_at, payload, status, due_at)
       values ('evt_1', 'invoice.paid', 'cus_1', $1, $1, '{"id":"evt_1"}', 'received', $1)`,
      [AT],
    );
    await db.pool.query("update webhook_events set status = 'projected', settled_at = now()");
    for (const change of [`payload = '{}'`, "type = 'invoice.voided'", "id = 'evt_2'"]) {
      const slip = db.pool.query(`update webhook_events set ${change}`);
      await expect(slip).rejects.toThrow("webhook_events keeps what Stripe sent");
    }
    const kept = { id: "evt_1", type: "invoice.paid", payload: { id: "evt_1" }, status: "projected" };
    expect(await rows("webhook_events")).toMatchObject([kept]);
  });
});
