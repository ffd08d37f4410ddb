/** Retries: what is tried again, what is only counted, and whose new card helps. */
import { describe, expect, it } from "vitest";
import { day } from "../billing/test-stage";
import { control, giveCard, inWorld, latestOf, subscribe, type World } from "./lifecycle";

/** A refusal, and whether the same card is charged again afterwards. */
const refusals = [
  ["generic_decline", true],
  ["insufficient_funds", true],
  ["expired_card", true],
  ["processing_error", true],
  ["incorrect_number", false],
  ["lost_card", false],
  ["pickup_card", false],
  ["stolen_card", false],
  ["revocation_of_authorization", false],
  ["revocation_of_all_authorizations", false],
  ["authentication_required", false],
  ["highest_risk_level", false],
  ["transaction_not_allowed", false],
] as const;

/** A renewal whose first attempt is refused with a code. */
async function refused(world: World, code: string): Promise<string> {
  const { id } = await subscribe(world);
  await world.stage.advanceTo("2026-05-01T00:00:00Z");
  const set = await control(world, `/customers/${world.customer}/next-payment`, { outcome: code });
  expect(set.status).toBe(200);
  await world.stage.advanceBy(3_600);
  return id;
}

const charges = async ({ stripe, customer }: World) => (await stripe.charges.list({ customer, limit: 100 })).data;

describe("after a refusal", () => {
  it.each(refusals)("%s: charged again: %s", async (code, again) => {
    await inWorld(async (world) => {
      const id = await refused(world, code);
      const failed = await latestOf(world, id);
      expect(failed).toMatchObject({ status: "open", attempt_count: 1 });
      expect(failed.next_payment_attempt).toBe(world.stage.now() + 3 * day);
      const made = (await charges(world)).length;
      await world.stage.advanceBy(3 * day);
      expect((await charges(world)).length - made).toBe(again ? 1 : 0);
      const after = await latestOf(world, id);
      expect([after.status, after.attempt_count]).toEqual([again ? "paid" : "open", 2]);
      if (again) return;
      expect(after.next_payment_attempt).toBe(world.stage.now() + 5 * day);
      await giveCard(world, "pm_card_mastercard");
      await world.stage.advanceBy(5 * day);
      expect(await latestOf(world, id)).toMatchObject({ status: "paid", attempt_count: 3 });
    });
  });
});

describe("attempts", () => {
  it("come after 3, 5 and 7 days, and are counted; a manual one is not", async () => {
    await inWorld(async (world) => {
      const { id } = await subscribe(world);
      await giveCard(world, "pm_card_chargeCustomerFail");
      await world.stage.advanceTo("2026-05-01T00:00:00Z");
      const seen: unknown[] = [];
      for (const wait of [3_600, 3 * day, 5 * day, 7 * day]) {
        await world.stage.advanceBy(wait);
        const invoice = await latestOf(world, id);
        await world.stripe.invoices.pay(invoice.id).catch(() => null);
        const { attempt_count, next_payment_attempt } = await latestOf(world, id);
        const days = next_payment_attempt === null ? null : (next_payment_attempt - world.stage.now()) / day;
        seen.push([attempt_count, days, (await charges(world)).filter(({ paid }) => !paid).length]);
      }
      expect(seen).toEqual([
        [1, 3, 2],
        [2, 5, 4],
        [3, 7, 6],
        [4, null, 8],
      ]);
    });
  });

  it("are never made for an invoice that is sent", async () => {
    await inWorld(async (world) => {
      const { id } = await subscribe(world, { collection_method: "send_invoice", days_until_due: 1 });
      await world.stage.advanceBy(10 * day);
      expect(await latestOf(world, id)).toMatchObject({ attempt_count: 0, next_payment_attempt: null, status: "open" });
    });
  });

  it("are made with a new card of the customer, unless the subscription has its own", async () => {
    for (const [owns, status] of [
      [false, "paid"],
      [true, "open"],
    ] as const) {
      await inWorld(async (world) => {
        const { id } = await subscribe(world);
        const bad = await giveCard(world, "pm_card_chargeCustomerFail");
        if (owns) await world.stripe.subscriptions.update(id, { default_payment_method: bad });
        await world.stage.advanceTo("2026-05-01T01:00:00Z");
        const good = await giveCard(world, "pm_card_visa");
        await world.stage.advanceBy(3 * day);
        expect((await latestOf(world, id)).status).toBe(status);
        if (!owns) return;
        await world.stripe.subscriptions.update(id, { default_payment_method: good });
        await world.stage.advanceBy(5 * day);
        expect((await latestOf(world, id)).status).toBe("paid");
      });
    }
  });

  it("of a bank account are two more at most", async () => {
    await inWorld(async (world) => {
      const { id } = await subscribe(world);
      await giveCard(world, "pm_usBankAccount_insufficientFunds");
      await world.stage.advanceTo("2026-06-30T00:00:00Z");
      const [invoice] = (await world.stripe.invoices.list({ subscription: id })).data.slice(-2);
      expect(invoice).toMatchObject({ attempt_count: 3, next_payment_attempt: null });
      const debits = (await charges(world)).filter((charge) => charge.payment_method_details?.type !== "card");
      expect(debits.map(({ status }) => status)).toEqual(["failed", "failed", "failed"]);
      expect((await world.stripe.subscriptions.retrieve(id)).status).toBe("canceled");
    });
  });
});
