/** Updates that wait for their payment with a discount, with metadata, with a planned end: given when paid, else not. */
import type Stripe from "stripe";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { customerWithCard, isoOf, latestInvoice, priceOf, type Stage, startStage } from "./test-stage";

let stage: Stage;
beforeEach(async () => {
  stage = await startStage("2026-04-01T00:00:00Z");
});
afterEach(() => stage.close());

type Duration = "once" | "repeating" | "forever";

async function codeFor(duration: Duration) {
  const terms = duration === "repeating" ? { duration, duration_in_months: 2 } : { duration };
  const coupon = await stage.stripe.coupons.create({ percent_off: 20, max_redemptions: 1, ...terms });
  const promotion = { type: "coupon", coupon: coupon.id } as const;
  const code = await stage.stripe.promotionCodes.create({ promotion, code: "LESS", max_redemptions: 1 });
  const counts = async () => {
    const [nowCoupon, nowCode] = [
      await stage.stripe.coupons.retrieve(coupon.id),
      await stage.stripe.promotionCodes.retrieve(code.id),
    ];
    return [nowCoupon.times_redeemed, nowCoupon.valid, nowCode.times_redeemed];
  };
  return { id: code.id, counts };
}

/** A subscription of 10.00 in the middle of April, whose card fails, about to be changed to 40.00. */
async function halfway(card = "pm_card_authenticationRequired") {
  const customer = await customerWithCard(stage);
  const [small, large] = [await priceOf(stage, 1_000), await priceOf(stage, 4_000)];
  const { id, items } = await stage.stripe.subscriptions.create({
    customer: customer.id,
    items: [{ price: small.id }],
    metadata: { tenant: "acme", step: "1" },
  });
  const method = await stage.stripe.paymentMethods.attach(card, { customer: customer.id });
  await stage.stripe.customers.update(customer.id, { invoice_settings: { default_payment_method: method.id } });
  await stage.advanceTo("2026-04-16T00:00:00Z");
  await stage.events();
  const change = (more: Stripe.SubscriptionUpdateParams) =>
    stage.stripe.subscriptions.update(id, {
      items: [{ id: items.data[0]?.id ?? "", price: large.id }],
      payment_behavior: "pending_if_incomplete",
      proration_behavior: "always_invoice",
      ...more,
    });
  const pay = async () => {
    const good = await stage.stripe.paymentMethods.attach("pm_card_visa", { customer: customer.id });
    const { id: invoice } = await latestInvoice(stage, id);
    await stage.stripe.customers.update(customer.id, { invoice_settings: { default_payment_method: good.id } });
    return stage.stripe.invoices.pay(invoice ?? "", { payment_method: good.id });
  };
  return { id, small, large, change, pay };
}

describe("a parked discount", () => {
  it.each(["once", "repeating", "forever"] as const)(
    "that lasts %s is given when the payment is made",
    async (lasts) => {
      const code = await codeFor(lasts);
      const { id, small, large, change, pay } = await halfway();
      const parked = await change({ discounts: [{ promotion_code: code.id }], expand: ["pending_update.discounts"] });
      expect(parked).toMatchObject({ discounts: [], items: { data: [{ price: { id: small.id } }] } });
      const held = parked.pending_update?.discounts?.[0];
      expect(held).toMatchObject({ object: "discount", promotion_code: code.id, subscription: id });
      expect(parked.pending_update?.discount?.id).toBe(typeof held === "object" ? held.id : "none");
      expect(await code.counts()).toEqual([0, true, 0]);
      // Half of 40.00 less a fifth, less half of 10.00.
      expect(await latestInvoice(stage, id)).toMatchObject({ status: "open", total: 1_100 });
      expect(await stage.events("customer.")).toEqual(["customer.subscription.updated"]);
      await stage.advanceBy(3_600);
      expect(await pay()).toMatchObject({ status: "paid", amount_paid: 1_100 });
      expect(await code.counts()).toEqual([1, false, 1]);
      const applied = await stage.stripe.subscriptions.retrieve(id);
      expect(applied).toMatchObject({ pending_update: null, items: { data: [{ price: { id: large.id } }] } });
      expect(applied.discounts).toHaveLength(1);
      expect(await stage.events("customer.discount")).toEqual(["customer.discount.created"]);
      await stage.advanceTo("2026-05-01T02:00:00Z");
      expect((await latestInvoice(stage, id)).total).toBe(3_200);
      await stage.advanceTo("2026-06-01T02:00:00Z");
      expect((await latestInvoice(stage, id)).total).toBe(lasts === "once" ? 4_000 : 3_200);
      await stage.advanceTo("2026-07-01T02:00:00Z");
      expect((await latestInvoice(stage, id)).total).toBe(lasts === "forever" ? 3_200 : 4_000);
    },
  );

  it("that lasts once is spent by the payment when that pays for a period", async () => {
    const code = await codeFor("once");
    const { id, change, pay } = await halfway();
    await change({ discounts: [{ promotion_code: code.id }], billing_cycle_anchor: { type: "now" } });
    expect(await latestInvoice(stage, id)).toMatchObject({ status: "open", total: 2_700 });
    await stage.events();
    await pay();
    expect((await stage.stripe.subscriptions.retrieve(id)).discounts).toEqual([]);
    expect(await code.counts()).toEqual([1, false, 1]);
    expect(await stage.events("customer.discount")).toEqual(["customer.discount.created", "customer.discount.deleted"]);
    await stage.advanceTo("2026-05-16T02:00:00Z");
    expect((await latestInvoice(stage, id)).total).toBe(4_000);
  });

  it("stands beside one that was there and is named again; one that is not named goes with the payment", async () => {
    const code = await codeFor("forever");
    const { id, change, pay } = await halfway();
    const coupons = await Promise.all(
      [10, 5].map((percent_off) => stage.stripe.coupons.create({ percent_off, duration: "forever" })),
    );
    const there = await stage.stripe.subscriptions.update(id, {
      discounts: coupons.map((coupon) => ({ coupon: coupon.id })),
    });
    const [kept, dropped] = there.discounts.map(String);
    const parked = await change({ discounts: [{ discount: kept ?? "" }, { promotion_code: code.id }] });
    expect(parked.discounts).toEqual([kept, dropped]);
    await pay();
    const applied = await stage.stripe.subscriptions.retrieve(id);
    expect(applied.discounts).toHaveLength(2);
    expect(applied.discounts[0]).toBe(kept);
    expect(applied.discounts).not.toContain(dropped);
  });

  it("comes to the amounts of a change that is paid at once", async () => {
    const code = await codeFor("repeating");
    const { id, change } = await halfway("pm_card_visa");
    const changed = await change({ discounts: [{ promotion_code: code.id }] });
    expect(changed).toMatchObject({ pending_update: null, discounts: [expect.any(String)] });
    expect(await latestInvoice(stage, id)).toMatchObject({ status: "paid", total: 1_100 });
    expect(await code.counts()).toEqual([1, false, 1]);
    expect(await stage.events("customer.")).toEqual(["customer.subscription.updated", "customer.discount.created"]);
    await stage.advanceTo("2026-07-01T02:00:00Z");
    expect((await latestInvoice(stage, id)).total).toBe(4_000);
  });

  it.each(["time", "void"])("lapses by %s, and its code can be redeemed by the next", async (how) => {
    const code = await codeFor("forever");
    const { id, change } = await halfway();
    await change({ discounts: [{ promotion_code: code.id }] });
    const invoice = await latestInvoice(stage, id);
    await stage.events();
    if (how === "time") await stage.advanceBy(23 * 3_600);
    else await stage.stripe.invoices.voidInvoice(invoice.id ?? "");
    expect(await stage.stripe.subscriptions.retrieve(id)).toMatchObject({ pending_update: null, discounts: [] });
    expect(await stage.events("customer.discount")).toEqual([]);
    expect(await code.counts()).toEqual([0, true, 0]);
    const next = await customerWithCard(stage);
    const price = await priceOf(stage, 1_000);
    const discounts = [{ promotion_code: code.id }];
    await stage.stripe.subscriptions.create({ customer: next.id, items: [{ price: price.id }], discounts });
    expect(await code.counts()).toEqual([1, false, 1]);
  });

  it("of an item waits with the item", async () => {
    const code = await codeFor("forever");
    const { id, large, change, pay } = await halfway();
    const { items } = await stage.stripe.subscriptions.retrieve(id);
    const item = { id: items.data[0]?.id ?? "", price: large.id, discounts: [{ promotion_code: code.id }] };
    const parked = await change({ items: [item] });
    expect(parked.pending_update).toMatchObject({ discounts: null, subscription_items: [{ discounts: [/^di_/] }] });
    expect(parked.items.data[0]?.discounts).toEqual([]);
    expect(await code.counts()).toEqual([0, true, 0]);
    await pay();
    expect((await stage.stripe.subscriptions.retrieve(id)).items.data[0]?.discounts).toHaveLength(1);
    expect(await code.counts()).toEqual([1, false, 1]);
  });

  it("does not bring back one that ran out while it waited", async () => {
    const { id, change, pay } = await halfway();
    const coupon = await stage.stripe.coupons.create({ amount_off: 100, currency: "usd", duration: "forever" });
    const old = await stage.stripe.subscriptions.update(id, { discounts: [{ coupon: coupon.id }] });
    const code = await codeFor("forever");
    const kept = String(old.discounts[0]);
    await change({ discounts: [{ discount: kept }, { promotion_code: code.id }] });
    await stage.stripe.subscriptions.deleteDiscount(id);
    await pay();
    const after = await stage.stripe.subscriptions.retrieve(id);
    expect(after.discounts).toHaveLength(1);
    expect(after.discounts).not.toContain(kept);
  });
});

describe("parked metadata", () => {
  it("is merged into what is there when the payment is made", async () => {
    const { id, change, pay } = await halfway();
    const parked = await change({ metadata: { step: "2", plan: "large" } });
    expect(parked.metadata).toEqual({ tenant: "acme", step: "1" });
    expect(parked.pending_update?.metadata).toEqual({ step: "2", plan: "large" });
    await stage.stripe.subscriptions.update(id, { metadata: { note: "meanwhile" } });
    await pay();
    const { metadata } = await stage.stripe.subscriptions.retrieve(id);
    expect(metadata).toEqual({ tenant: "acme", step: "2", plan: "large", note: "meanwhile" });
  });
});

describe("a parked end", () => {
  it.each([
    [true, false],
    [false, true],
  ])("%s waits for the payment, and gives way to one that says otherwise", async (wanted, before) => {
    const { id, change, pay } = await halfway();
    await stage.stripe.subscriptions.update(id, { cancel_at_period_end: before });
    const first = await change({ cancel_at_period_end: wanted });
    expect(first).toMatchObject({ cancel_at_period_end: before, pending_update: { cancel_at_period_end: wanted } });
    const other = await stage.stripe.subscriptions.update(id, { cancel_at_period_end: before });
    expect(other).toMatchObject({ cancel_at_period_end: before, pending_update: null });
    const again = await change({ cancel_at_period_end: wanted });
    expect(isoOf(again.pending_update?.expires_at)).toBe("2026-04-16T23:00");
    await pay();
    const applied = await stage.stripe.subscriptions.retrieve(id);
    expect(applied).toMatchObject({ cancel_at_period_end: wanted, pending_update: null });
    expect(applied.cancel_at === null).toBe(!wanted);
  });
});
