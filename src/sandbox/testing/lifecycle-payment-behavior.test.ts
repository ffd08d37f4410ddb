/** What payment_behavior makes of a payment that is made, refused, or asked of the holder: on create and on update. */
import { describe, expect, it } from "vitest";
import { giveCard, inWorld, subscribe } from "./lifecycle";

/** Card, payment_behavior, then the status it leads to and how many invoices there are; or how it is refused. */
const creations = [
  ["pm_card_visa", "allow_incomplete", "active", 1],
  ["pm_card_visa", "default_incomplete", "incomplete", 1],
  ["pm_card_visa", "error_if_incomplete", "active", 1],
  ["pm_card_chargeCustomerFail", "allow_incomplete", "incomplete", 1],
  ["pm_card_chargeCustomerFail", "default_incomplete", "incomplete", 1],
  ["pm_card_chargeCustomerFail", "error_if_incomplete", 402, 0],
  ["pm_card_authenticationRequired", "allow_incomplete", "incomplete", 1],
  ["pm_card_authenticationRequired", "error_if_incomplete", 402, 0],
  ["pm_card_visa", "pending_if_incomplete", 400, 0],
] as const;

describe("payment_behavior on create", () => {
  it.each(creations)("%s %s → %s", async (card, behavior, then, invoices) => {
    await inWorld(async (world) => {
      const outcome = await subscribe(world, { payment_behavior: behavior }).then(
        ({ status }) => status,
        (error: { statusCode: number }) => error.statusCode,
      );
      expect(outcome).toBe(then);
      expect((await world.stripe.invoices.list({ customer: world.customer })).data).toHaveLength(invoices);
      const all = await world.stripe.subscriptions.list({ customer: world.customer, status: "all" });
      expect(all.data).toHaveLength(invoices);
    }, card);
  });

  it("default_incomplete is active when nothing is due", async () => {
    await inWorld(async (world) => {
      const coupon = await world.stripe.coupons.create({ percent_off: 100, duration: "once" });
      const free = await subscribe(world, {
        payment_behavior: "default_incomplete",
        discounts: [{ coupon: coupon.id }],
      });
      expect(free.status).toBe("active");
    });
  });
});

/** Card, payment_behavior, then status, quantity afterwards, and whether an update is pending; or how it is refused. */
const updates = [
  ["pm_card_visa", "allow_incomplete", "active", 3, false],
  ["pm_card_visa", "default_incomplete", "past_due", 3, false],
  ["pm_card_visa", "error_if_incomplete", "active", 3, false],
  ["pm_card_visa", "pending_if_incomplete", "active", 3, false],
  ["pm_card_chargeCustomerFail", "allow_incomplete", "past_due", 3, false],
  ["pm_card_chargeCustomerFail", "default_incomplete", "past_due", 3, false],
  ["pm_card_chargeCustomerFail", "error_if_incomplete", 402, 1, false],
  ["pm_card_chargeCustomerFail", "pending_if_incomplete", "active", 1, true],
  ["pm_card_authenticationRequired", "allow_incomplete", "past_due", 3, false],
  ["pm_card_authenticationRequired", "pending_if_incomplete", "active", 1, true],
] as const;

describe("payment_behavior on update", () => {
  it.each(updates)("%s %s → %s", async (card, behavior, then, quantity, isPending) => {
    await inWorld(async (world) => {
      const { id, items } = await subscribe(world);
      await giveCard(world, card);
      const outcome = await world.stripe.subscriptions
        .update(id, {
          items: [{ id: items.data[0]?.id ?? "", quantity: 3 }],
          proration_behavior: "always_invoice",
          payment_behavior: behavior,
        })
        .then(
          ({ status }) => status,
          (error: { statusCode: number }) => error.statusCode,
        );
      expect(outcome).toBe(then);
      const after = await world.stripe.subscriptions.retrieve(id);
      expect([after.items.data[0]?.quantity, after.pending_update !== null]).toEqual([quantity, isPending]);
      const { data } = await world.stripe.invoices.list({ subscription: id });
      expect(data).toHaveLength(outcome === 402 ? 1 : 2);
    });
  });
});
