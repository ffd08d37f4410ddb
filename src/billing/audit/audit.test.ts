/** The audit log: written with the change or not at all, read by span of time, never changed. */
import { beforeAll, describe, expect, it } from "vitest";
import { inTransaction } from "@/db/transaction";
import { shareDatabase } from "@/testing/database";
import type { Actor } from "../kernel/actor";
import { type AuditRecord, listAudit, recordAudit } from ".";

const db = shareDatabase();

function entry(tenantId: string, wanted: Partial<AuditRecord> = {}): AuditRecord {
  return {
    ...{ tenantId, occurredAt: new Date("2026-01-15T10:00:00Z"), actor: { kind: "system", part: "test" } },
    ...{ action: "plan.change", target: "subscription:sub_1", reason: "Asked for", details: {} },
    ...wanted,
  };
}

const on = (day: number) => new Date(Date.UTC(2026, 0, day));

describe("recordAudit", () => {
  it("keeps who did what to which thing, when and why", async () => {
    const details = { from: "free", amountMinor: 29_900, isTrial: false, couponId: null };
    await recordAudit(db.prisma, entry("ten_a", { details }));
    expect(await listAudit({ db }, { tenantId: "ten_a", limit: 10 })).toEqual([
      { ...entry("ten_a"), id: expect.stringMatching(/^aud_/), actor: "system:test", details },
    ]);
  });

  it.each<[Actor, string]>([
    [{ kind: "user", userId: "usr_1", tenantId: "ten_1", label: "Ada" }, "user:usr_1"],
    [{ kind: "operator", userId: "usr_2", label: "Bo" }, "operator:usr_2"],
    [{ kind: "api_key", keyId: "key_1", tenantId: null, label: "ci" }, "api_key:key_1"],
    [{ kind: "webhook", eventId: "evt_1" }, "webhook:evt_1"],
    [{ kind: "worker", task: "close-periods" }, "worker:close-periods"],
    [{ kind: "system", part: "cli" }, "system:cli"],
  ])("names the actor %o", async (actor, name) => {
    await recordAudit(db.prisma, entry(`ten_${name}`, { actor }));
    expect(await listAudit({ db }, { tenantId: `ten_${name}`, limit: 1 })).toMatchObject([{ actor: name }]);
  });

  it("is undone with the change it tells of", async () => {
    const failing = inTransaction(db, async (tx) => {
      await recordAudit(tx, entry("ten_undone"));
      throw new Error("The change could not be made.");
    });
    await expect(failing).rejects.toThrow("The change could not be made.");
    expect(await listAudit({ db }, { tenantId: "ten_undone", limit: 10 })).toEqual([]);
  });

  it.each([
    ["no reason", { reason: "  " }],
    ["an action that is no dotted verb", { action: "change" }],
    ["an action in capitals", { action: "Plan.Change" }],
  ])("refuses an entry with %s, and the change with it", async (_what, wrong) => {
    const changing = inTransaction(db, async (tx) => {
      await recordAudit(tx, entry("ten_refused"));
      await recordAudit(tx, entry("ten_refused", wrong));
    });
    await expect(changing).rejects.toMatchObject({ code: "invariant.broken" });
    expect(await listAudit({ db }, { tenantId: "ten_refused", limit: 10 })).toEqual([]);
  });
});

describe("listAudit", () => {
  beforeAll(async () => {
    for (const day of [3, 1, 2, 4]) await recordAudit(db.prisma, entry("ten_span", { occurredAt: on(day) }));
    await recordAudit(db.prisma, entry("ten_other", { occurredAt: on(2) }));
  });

  it.each([
    ["everything, newest first", {}, [4, 3, 2, 1]],
    ["from an instant on, which belongs to it", { from: on(3) }, [4, 3]],
    ["up to an instant, which does not", { to: on(3) }, [2, 1]],
    ["a span", { from: on(2), to: on(4) }, [3, 2]],
    ["nothing in an empty span", { from: on(2), to: on(2) }, []],
  ])("shows %s", async (_what, span, days) => {
    const shown = await listAudit({ db }, { tenantId: "ten_span", limit: 10, ...span });
    expect(shown.map((one) => one.occurredAt.getUTCDate())).toEqual(days);
  });

  it.each([
    [2, 2],
    [0, 1],
    [-5, 1],
    [2.9, 2],
    [1_000_000, 4],
  ])("with a limit of %d shows %i", async (limit, count) => {
    expect(await listAudit({ db }, { tenantId: "ten_span", limit })).toHaveLength(count);
  });

  it("never shows more than a thousand", async () => {
    const now = on(9).toISOString();
    await db.pool.query(
      `insert into audit_entries (tenant_id, id, occurred_at, actor, action, target, reason, details)
       select 'ten_many', 'aud_' || n, $1, 'system:test', 'plan.change', 'x:' || n, 'Many', '{}' from generate_series(1, 1001) n`,
      [now],
    );
    expect(await listAudit({ db }, { tenantId: "ten_many", limit: 5_000 })).toHaveLength(1_000);
  });
});
