import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { customerWithCard, day, latestInvoice, priceOf, type Stage, startStage, taxRateOf } from "./test-stage";

let stage: Stage;
beforeAll(async () => {
  stage = await startStage("2026-04-01T00:00:00Z");
});
afterAll(() => stage.close());

describe("discounts on subscriptions", () => {
  it("last once, or for some months, or for ever", async () => {
    const customer = await customerWithCard(stage);
    const price = await priceOf(stage, 1_000);
    const totals: Record<string, number[]> = {};
    const coupons = {
      once: await stage.stripe.coupons.create({ percent_off: 25, duration: "once" }),
      repeating: await stage.stripe.coupons.create({
        amount_off: 300,
        currency: "usd",
        duration: "repeating",
        duration_in_months: 2,
      }),
      forever: await stage.stripe.coupons.create({ percent_off: 12.5, duration: "forever" }),
    };
    const subscriptions = new Map<string, string>();
    for (const [name, coupon] of Object.entries(coupons)) {
      const { id } = await stage.stripe.subscriptions.create({
        customer: customer.id,
        items: [{ price: price.id }],
        discounts: [{ coupon: coupon.id }],
      });
      subscriptions.set(name, id);
    }
    await stage.advanceBy(92 * day);
    for (const [name, id] of subscriptions) {
      const invoices = await stage.stripe.invoices.list({ subscription: id });
      totals[name] = invoices.data.map((invoice) => invoice.total).reverse();
    }
    expect(totals).toEqual({
      once: [750, 1_000, 1_000, 1_000],
      repeating: [700, 700, 1_000, 1_000],
      forever: [875, 875, 875, 875],
    });
    expect(await stage.stripe.coupons.retrieve(coupons.once.id)).toMatchObject({ times_redeemed: 1 });
  });

  it("reduce what is taxed, are shared by the items, and make later credits smaller", async () => {
    const customer = await customerWithCard(stage);
    const [ten, twenty] = [await priceOf(stage, 1_000), await priceOf(stage, 2_000)];
    const rate = await taxRateOf(stage, 10);
    const coupon = await stage.stripe.coupons.create({ amount_off: 500, currency: "usd", duration: "forever" });
    const { id, items } = await stage.stripe.subscriptions.create({
      customer: customer.id,
      items: [{ price: ten.id }, { price: twenty.id }],
      default_tax_rates: [rate.id],
      discounts: [{ coupon: coupon.id }],
    });
    const first = await latestInvoice(stage, id);
    const offs = first.lines.data.map((line) => [line.amount, line.discount_amounts?.[0]?.amount]);
    expect(offs.sort((a, b) => (a[0] ?? 0) - (b[0] ?? 0)).map(([amount]) => amount)).toEqual([1_000, 2_000]);
    expect(offs.reduce((sum, [, off]) => sum + (off ?? 0), 0)).toBe(500);
    expect(first).toMatchObject({ subtotal: 3_000, total_discount_amounts: [{ amount: 500 }], total: 2_750 });
    const span = (items.data[0]?.current_period_end ?? 0) - (items.data[0]?.current_period_start ?? 0);
    await stage.advanceBy(span / 2);
    const item = items.data.find((one) => one.price.id === ten.id);
    await stage.stripe.subscriptions.update(id, {
      items: [{ id: item?.id, deleted: true }],
      proration_date: (item?.current_period_start ?? 0) + span / 2,
    });
    const pending = await stage.stripe.invoiceItems.list({ customer: customer.id, pending: true });
    const share = first.lines.data.find((line) => line.amount === 1_000)?.discount_amounts?.[0]?.amount ?? 0;
    expect(pending.data.map((one) => one.amount)).toEqual([-Math.round((1_000 - share) / 2)]);
  });

  it("come by promotion codes too, within their limits", async () => {
    const customer = await customerWithCard(stage);
    const price = await priceOf(stage, 1_000);
    const coupon = await stage.stripe.coupons.create({ percent_off: 50, duration: "once", max_redemptions: 1 });
    const code = await stage.stripe.promotionCodes.create({
      promotion: { type: "coupon", coupon: coupon.id },
      code: "HALF",
    });
    const create = () =>
      stage.stripe.subscriptions.create({
        customer: customer.id,
        items: [{ price: price.id }],
        discounts: [{ promotion_code: code.id }],
        expand: ["latest_invoice"],
      });
    expect((await create()).latest_invoice).toMatchObject({ total: 500 });
    await expect(create()).rejects.toMatchObject({ code: "coupon_expired" });
    expect((await stage.stripe.promotionCodes.list({ code: "half" })).data[0]).toMatchObject({ times_redeemed: 1 });
    await stage.stripe.coupons.del(coupon.id);
    await expect(stage.stripe.coupons.retrieve(coupon.id)).rejects.toMatchObject({ statusCode: 404 });
    await expect(stage.stripe.coupons.create({ duration: "once" })).rejects.toMatchObject({ param: "percent_off" });
  });
});
