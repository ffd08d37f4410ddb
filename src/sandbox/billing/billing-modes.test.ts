import type Stripe from "stripe";
import { afterEach, describe, expect, it } from "vitest";
import { at, customerWithCard, isoOf, latestInvoice, priceOf, type Stage, startStage } from "./test-stage";

let stage: Stage | null = null;
afterEach(async () => {
  await stage?.close();
  stage = null;
});

const modes = ["flexible", "classic"] as const;
type Mode = (typeof modes)[number];

interface World {
  stage: Stage;
  subscription: Stripe.Subscription;
  item: string;
}

async function subscribed(
  mode: Mode,
  start: string,
  amounts: number[],
  more: Partial<Stripe.SubscriptionCreateParams> = {},
  interval: "month" | "year" = "month",
): Promise<World> {
  const world = await startStage(start);
  stage = world;
  const prices = await Promise.all(amounts.map((amount) => priceOf(world, amount, interval)));
  const subscription = await world.stripe.subscriptions.create({
    customer: (await customerWithCard(world)).id,
    items: prices.map((price) => ({ price: price.id })),
    billing_mode: { type: mode },
    ...more,
  });
  return { stage: world, subscription, item: subscription.items.data[0]?.id ?? "" };
}

const amountsOf = (invoice: Stripe.Invoice) =>
  invoice.lines.data.map((line) => line.amount).sort((left, right) => left - right);

/** The documentation's worked examples; a number per mode where the modes differ. */
describe.each(modes)("proration in %s mode", (mode) => {
  const by = <T>(flexible: T, classic: T) => (mode === "flexible" ? flexible : classic);

  it("of 1000 to 3252 with 445,540 of 2,678,400 seconds left", async () => {
    const start = new Date(1_596_749_288_000).toISOString();
    const { stage, subscription, item } = await subscribed(mode, start, [1_000]);
    const preview = await stage.stripe.invoices.createPreview({
      subscription: subscription.id,
      subscription_details: {
        items: [{ id: item, price: (await priceOf(stage, 3_252)).id }],
        proration_date: 1_598_982_148,
      },
    });
    expect(amountsOf(preview)).toEqual([-166, 541, 3_252]);
    expect(preview.subtotal).toBe(3_627);
  });

  it("of 10 to 20 half-way through", async () => {
    const { stage, subscription, item } = await subscribed(mode, "2026-04-01T00:00:00Z", [1_000]);
    await stage.advanceTo("2026-04-16T00:00:00Z");
    await stage.stripe.subscriptions.update(subscription.id, {
      items: [{ id: item, price: (await priceOf(stage, 2_000)).id }],
      proration_behavior: "always_invoice",
    });
    expect(amountsOf(await latestInvoice(stage, subscription.id))).toEqual([-500, 1_000]);
  });

  it("of an upgrade that was not prorated, and taken back", async () => {
    const { stage, subscription, item } = await subscribed(mode, "2026-04-01T00:00:00Z", [1_000]);
    const small = subscription.items.data[0]?.price.id ?? "";
    await stage.advanceTo("2026-04-11T00:00:00Z");
    await stage.stripe.subscriptions.update(subscription.id, {
      items: [{ id: item, price: (await priceOf(stage, 2_000)).id }],
      proration_behavior: "none",
    });
    await stage.advanceTo("2026-04-21T00:00:00Z");
    await stage.stripe.subscriptions.update(subscription.id, {
      items: [{ id: item, price: small }],
      proration_behavior: "always_invoice",
    });
    const invoice = await latestInvoice(stage, subscription.id);
    expect(amountsOf(invoice)).toEqual([by(-333, -667), 333]);
    expect(invoice.total).toBe(by(0, -334));
  });

  it("of an item under a coupon of 5 over 10 and 20", async () => {
    const { stage, subscription } = await subscribed(mode, "2026-04-01T00:00:00Z", [2_000, 1_000]);
    const item = subscription.items.data[1]?.id ?? "";
    const coupon = await stage.stripe.coupons.create({ amount_off: 500, currency: "usd", duration: "forever" });
    await stage.stripe.subscriptions.update(subscription.id, { discounts: [{ coupon: coupon.id }] });
    await stage.advanceTo("2026-05-01T01:00:00Z");
    const parts = (await latestInvoice(stage, subscription.id)).lines.data.map((line) =>
      line.discount_amounts?.map((one) => one.amount),
    );
    expect(parts.flat().sort()).toEqual([166, 334]);
    await stage.advanceTo("2026-05-16T12:00:00Z");
    await stage.stripe.subscriptions.update(subscription.id, {
      items: [{ id: item, deleted: true }],
      proration_behavior: "always_invoice",
    });
    expect(amountsOf(await latestInvoice(stage, subscription.id))).toEqual([by(-417, -250)]);
  });

  it("of a year that is to end within", async () => {
    const { stage, subscription } = await subscribed(mode, "2025-01-01T00:00:00Z", [12_000], {}, "year");
    const share = (from: string, to: string) =>
      Math.round((12_000 * (at(to) - at(from))) / (at("2027-01-01T00:00:00Z") - at("2026-01-01T00:00:00Z")));
    await stage.stripe.subscriptions.update(subscription.id, {
      cancel_at: at("2026-07-01T00:00:00Z"),
      proration_behavior: "none",
    });
    await stage.advanceTo("2026-01-01T01:30:00Z");
    expect((await latestInvoice(stage, subscription.id)).total).toBe(
      share("2026-01-01T00:00:00Z", "2026-07-01T00:00:00Z"),
    );
    await stage.advanceTo("2026-02-15T00:00:00Z");
    const moved = async (to: string) => {
      const preview = await stage.stripe.invoices.createPreview({
        subscription: subscription.id,
        subscription_details: { cancel_at: at(to), proration_behavior: "always_invoice" },
      });
      return preview.total;
    };
    const later = share("2026-07-01T00:00:00Z", "2026-10-01T00:00:00Z");
    const earlier = share("2026-04-01T00:00:00Z", "2026-07-01T00:00:00Z");
    expect(Math.abs((await moved("2026-10-01T00:00:00Z")) - later)).toBeLessThanOrEqual(1);
    expect(Math.abs((await moved("2026-04-01T00:00:00Z")) + earlier)).toBeLessThanOrEqual(1);
  });

  it.each([
    ["create_prorations", 25_162],
    ["none", 20_000],
  ] as const)("of 100 to 200 in the middle of May, with %s", async (behavior, total) => {
    const { stage, subscription, item } = await subscribed(mode, "2026-05-01T00:00:00Z", [10_000]);
    await stage.advanceTo("2026-05-16T00:00:00Z");
    await stage.stripe.subscriptions.update(subscription.id, {
      items: [{ id: item, price: (await priceOf(stage, 20_000)).id }],
      proration_behavior: behavior,
    });
    await stage.advanceTo("2026-06-01T02:00:00Z");
    expect((await latestInvoice(stage, subscription.id)).total).toBe(total);
  });
});

describe.each(modes)("in %s mode", (mode) => {
  it("a month becomes a year", async () => {
    const { stage, subscription, item } = await subscribed(mode, "2026-04-01T00:00:00Z", [3_000]);
    await stage.advanceTo("2026-04-16T00:00:00Z");
    const yearly = await stage.stripe.subscriptions.update(subscription.id, {
      items: [{ id: item, price: (await priceOf(stage, 30_000, "year")).id }],
    });
    const isReset = mode === "classic";
    expect(isoOf(yearly.billing_cycle_anchor)).toBe(isReset ? "2026-04-16T00:00" : "2026-04-01T00:00");
    expect(isoOf(yearly.items.data[0]?.current_period_end)).toBe(isReset ? "2027-04-16T00:00" : "2027-04-01T00:00");
    const invoice = await latestInvoice(stage, subscription.id);
    expect(invoice.billing_reason).toBe("subscription_update");
    expect(amountsOf(invoice)[0]).toBe(-1_500);
    if (isReset) expect(amountsOf(invoice)).toEqual([-1_500, 30_000]);
  });

  it("a free price becomes a paid one, and no quantity some", async () => {
    const { stage, subscription, item } = await subscribed(mode, "2026-04-01T00:00:00Z", [0]);
    await stage.advanceTo("2026-04-16T00:00:00Z");
    const paid = await stage.stripe.subscriptions.update(subscription.id, {
      items: [{ id: item, price: (await priceOf(stage, 1_000)).id, quantity: 0 }],
    });
    const anchor = mode === "classic" ? "2026-04-16T00:00" : "2026-04-01T00:00";
    expect(isoOf(paid.billing_cycle_anchor)).toBe(anchor);
    await stage.advanceTo("2026-04-20T00:00:00Z");
    const counted = await stage.stripe.subscriptions.update(subscription.id, { items: [{ id: item, quantity: 2 }] });
    expect(isoOf(counted.billing_cycle_anchor)).toBe(anchor);
  });

  it("intervals mix, or do not", async () => {
    const { stage, subscription } = await subscribed(mode, "2026-04-01T00:00:00Z", [1_000]);
    const items = [{ price: (await priceOf(stage, 9_000, "year")).id }];
    const added = stage.stripe.subscriptions.update(subscription.id, { items });
    if (mode === "flexible") expect((await added).items.data).toHaveLength(2);
    else await expect(added).rejects.toThrow(/Found mismatch in interval field/);
  });

  it("an earlier end shortens a trial, or does not", async () => {
    const end = at("2026-04-10T00:00:00Z");
    const { subscription, stage } = await subscribed(mode, "2026-04-01T00:00:00Z", [1_000], { trial_period_days: 20 });
    const line = (await latestInvoice(stage, subscription.id)).lines.data[0]?.description;
    expect(line).toMatch(mode === "classic" ? /^Trial period for/ : /^Free trial for 1/);
    const ending = await stage.stripe.subscriptions.update(subscription.id, { cancel_at: end });
    expect(isoOf(ending.trial_end)).toBe(mode === "classic" ? "2026-04-10T00:00" : "2026-04-21T00:00");
    await stage.advanceTo("2026-04-11T00:00:00Z");
    expect((await stage.stripe.subscriptions.retrieve(subscription.id)).status).toBe("canceled");
  });
});

describe("migrating", () => {
  it("leads from classic to flexible, and never back", async () => {
    const { stage, subscription, item } = await subscribed("classic", "2026-04-01T00:00:00Z", [1_000]);
    expect(subscription.billing_mode).toEqual({ type: "classic", flexible: null });
    await stage.advanceTo("2026-04-11T00:00:00Z");
    await stage.stripe.subscriptions.update(subscription.id, {
      items: [{ id: item, price: (await priceOf(stage, 2_000)).id }],
      proration_behavior: "none",
    });
    const cancelNow = { subscription: subscription.id, subscription_details: { cancel_now: true } };
    expect((await stage.stripe.invoices.createPreview(cancelNow)).total).toBe(-1_333);
    // Halfway through April: the classic credit is of the present price.
    const halfway = { cancel_now: true, proration_date: Date.parse("2026-04-16T00:00:00Z") / 1_000 };
    const later = await stage.stripe.invoices.createPreview({ ...cancelNow, subscription_details: halfway });
    expect(later.total).toBe(-1_000);
    const outside = { cancel_now: true, proration_date: Date.parse("2026-05-16T00:00:00Z") / 1_000 };
    await expect(
      stage.stripe.invoices.createPreview({ ...cancelNow, subscription_details: outside }),
    ).rejects.toMatchObject({ param: "subscription_details[proration_date]" });
    const inFlexible = { cancel_now: true, billing_mode: { type: "flexible" as const } };
    const rehearsed = await stage.stripe.invoices.createPreview({ ...cancelNow, subscription_details: inFlexible });
    expect(rehearsed.total).toBe(-667);
    await stage.events();
    const migrated = await stage.stripe.subscriptions.migrate(subscription.id, { billing_mode: { type: "flexible" } });
    expect(migrated.billing_mode).toEqual({
      type: "flexible",
      flexible: { proration_discounts: "included" },
      updated_at: stage.now(),
    });
    expect(await stage.events()).toEqual(["customer.subscription.updated"]);
    expect((await stage.stripe.invoices.createPreview(cancelNow)).total).toBe(-667);
    await expect(
      stage.stripe.subscriptions.migrate(subscription.id, { billing_mode: { type: "flexible" } }),
    ).rejects.toMatchObject({ param: "billing_mode[type]" });
    await expect(
      stage.stripe.invoices.createPreview({
        subscription: subscription.id,
        subscription_details: { billing_mode: { type: "classic" } },
      }),
    ).rejects.toMatchObject({ param: "subscription_details[billing_mode][type]" });
  });

  it("is refused for a subscription that is over, and classic takes no flexible settings", async () => {
    const { stage, subscription } = await subscribed("classic", "2026-04-01T00:00:00Z", [1_000]);
    await stage.stripe.subscriptions.cancel(subscription.id);
    await expect(
      stage.stripe.subscriptions.migrate(subscription.id, { billing_mode: { type: "flexible" } }),
    ).rejects.toThrow(/canceled/);
    await expect(
      stage.stripe.subscriptions.create({
        customer: String(subscription.customer),
        items: [{ price: subscription.items.data[0]?.price.id ?? "" }],
        billing_mode: { type: "classic", flexible: { proration_discounts: "itemized" } },
      }),
    ).rejects.toMatchObject({ param: "billing_mode[flexible]" });
  });
});
