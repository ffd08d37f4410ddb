import type Stripe from "stripe";
import { afterEach, describe, expect, it } from "vitest";
import { configuredAnchor, gridOf } from "./anchor";
import { periodBoundary } from "./calendar";
import { at, customerWithCard, isoOf, latestInvoice, priceOf, type Stage, startStage } from "./test-stage";

const dayOf = (seconds: number) => (isoOf(seconds) ?? "").slice(0, 10);

describe("a configured anchor", () => {
  it.each<[string, string, Parameters<typeof configuredAnchor>[0], string]>([
    ["later in the month", "2026-01-10T08:30:05Z", { day_of_month: 31 }, "2026-01-31T08:30"],
    ["of the next month", "2026-01-10T08:30:00Z", { day_of_month: 9 }, "2026-02-09T08:30"],
    ["this very moment", "2026-01-10T08:30:00Z", { day_of_month: 10 }, "2026-01-10T08:30"],
    ["earlier this day", "2026-01-10T08:30:00Z", { day_of_month: 10, hour: 8, minute: 0 }, "2026-02-10T08:00"],
    ["in a short month", "2026-02-10T08:30:00Z", { day_of_month: 30 }, "2026-02-28T08:30"],
    ["in a leap February", "2028-02-10T08:30:00Z", { day_of_month: 30 }, "2028-02-29T08:30"],
    ["of a month to come", "2026-03-10T00:00:00Z", { day_of_month: 31, month: 6, hour: 12 }, "2026-06-30T12:00"],
    ["of a month gone by", "2026-03-10T00:00:00Z", { day_of_month: 29, month: 2, hour: 0 }, "2027-02-28T00:00"],
    ["over New Year", "2026-12-31T23:59:59Z", { day_of_month: 31, hour: 0, minute: 0, second: 0 }, "2027-01-31T00:00"],
  ])("lies %s", (_name, from, config, expected) => {
    expect(isoOf(configuredAnchor(config, at(from)))).toBe(expected);
  });

  it.each<[string, number, string, string[]]>([
    ["2026-02-28", 31, "month", ["2026-03-31", "2026-04-30", "2026-05-31"]],
    ["2026-02-28", 30, "month", ["2026-03-30", "2026-04-30", "2026-05-30"]],
    ["2026-02-28", 29, "month", ["2026-03-29", "2026-04-29", "2026-05-29"]],
    ["2026-06-30", 31, "month", ["2026-07-31", "2026-08-31", "2026-09-30"]],
    ["2026-02-28", 31, "year", ["2027-02-28", "2028-02-29", "2029-02-28"]],
    ["2027-02-28", 29, "year", ["2028-02-29", "2029-02-28", "2030-02-28"]],
  ])("on %s with day %i goes on each %s", (start, day, interval, expected) => {
    const grid = gridOf({
      billing_cycle_anchor: at(`${start}T10:00:00Z`),
      billing_cycle_anchor_config: { day_of_month: day, hour: null, minute: null, month: null, second: null },
    });
    const recurrence = { interval, interval_count: 1 };
    expect([1, 2, 3].map((count) => dayOf(periodBoundary(grid, recurrence, count)))).toEqual(expected);
    expect(isoOf(periodBoundary(grid, recurrence, 0))).toBe(`${start}T10:00`);
  });
});

let stage: Stage | null = null;
afterEach(async () => {
  await stage?.close();
  stage = null;
});

async function subscribed(start: string, params: Partial<Stripe.SubscriptionCreateParams>, unitAmount = 3_000) {
  const world = await startStage(start);
  stage = world;
  const price = await priceOf(world, unitAmount);
  const customer = await customerWithCard(world);
  const subscription = await world.stripe.subscriptions.create({
    customer: customer.id,
    items: [{ price: price.id }],
    ...params,
  });
  const reload = () => world.stripe.subscriptions.retrieve(subscription.id);
  return { stage: world, subscription, customer, price, reload };
}

const periodOf = ({ items }: Stripe.Subscription) => {
  const [item] = items.data;
  return [isoOf(item?.current_period_start), isoOf(item?.current_period_end)];
};

describe("subscribing with an anchor by its day", () => {
  it("bills a stub first, and every last day of a month then", async () => {
    const { stage, subscription, reload } = await subscribed("2026-02-14T00:00:00Z", {
      billing_cycle_anchor_config: { day_of_month: 31 },
    });
    expect(isoOf(subscription.billing_cycle_anchor)).toBe("2026-02-28T00:00");
    expect(subscription.billing_cycle_anchor_config).toEqual({
      day_of_month: 31,
      hour: null,
      minute: null,
      month: null,
      second: null,
    });
    // 14 of the 28 days from 31 January to 28 February.
    expect((await latestInvoice(stage, subscription.id)).total).toBe(1_500);
    await stage.advanceTo("2026-03-01T00:00:00Z");
    expect(periodOf(await reload())).toEqual(["2026-02-28T00:00", "2026-03-31T00:00"]);
    await stage.advanceTo("2026-04-01T00:00:00Z");
    expect(periodOf(await reload())).toEqual(["2026-03-31T00:00", "2026-04-30T00:00"]);
    const reset = await stage.stripe.subscriptions.update(subscription.id, { billing_cycle_anchor: { type: "now" } });
    expect(reset.billing_cycle_anchor_config).toBeNull();
  });

  it("refuses what does not go together", async () => {
    const { stage, customer, price } = await subscribed("2026-02-14T00:00:00Z", {});
    const base = { customer: customer.id, items: [{ price: price.id }] };
    const config = { billing_cycle_anchor_config: { day_of_month: 31 } };
    const daily = await priceOf(stage, 100, "day");
    for (const params of [
      { ...base, ...config, billing_cycle_anchor: at("2026-03-01T00:00:00Z") },
      { ...base, ...config, items: [{ price: daily.id }] },
    ]) {
      await expect(stage.stripe.subscriptions.create(params)).rejects.toMatchObject({
        param: "billing_cycle_anchor_config",
      });
    }
    await expect(
      stage.stripe.subscriptions.create({ ...base, billing_cycle_anchor_config: { day_of_month: 32 } }),
    ).rejects.toMatchObject({ param: "billing_cycle_anchor_config[day_of_month]" });
  });
});

describe("the end of a trial", () => {
  const anchor = { billing_cycle_anchor: at("2026-04-20T00:00:00Z"), trial_end: at("2026-04-05T00:00:00Z") };
  const settled = (cycle: "now" | "unchanged") => ({
    trial_settings: { end_behavior: { billing_cycle_anchor: cycle } },
  });
  it.each<[string, Partial<Stripe.SubscriptionCreateParams>, string, string, number]>([
    ["is the anchor", { trial_end: anchor.trial_end }, "2026-04-05T00:00", "2026-05-05T00:00", 3_100],
    ["leads to a stated anchor", anchor, "2026-04-20T00:00", "2026-04-20T00:00", 1_500],
    ["takes the anchor over", { ...anchor, ...settled("now") }, "2026-04-05T00:00", "2026-05-05T00:00", 3_100],
    [
      "leaves the anchor where it was",
      { trial_end: anchor.trial_end, ...settled("unchanged") },
      "2026-04-01T00:00",
      "2026-05-01T00:00",
      2_687,
    ],
  ])("%s", async (_name, params, billingAnchor, end, total) => {
    const { stage, subscription, reload } = await subscribed("2026-04-01T00:00:00Z", params, 3_100);
    await stage.advanceTo("2026-04-05T02:00:00Z");
    const active = await reload();
    expect(active.status).toBe("active");
    expect(isoOf(active.billing_cycle_anchor)).toBe(billingAnchor);
    expect(periodOf(active)).toEqual(["2026-04-05T00:00", end]);
    expect((await latestInvoice(stage, subscription.id)).total).toBe(total);
    await stage.advanceTo(`${end}:30Z`);
    await stage.advanceBy(7_200);
    expect((await latestInvoice(stage, subscription.id)).total).toBe(3_100);
  });

  it("comes from the price when that is asked for", async () => {
    const { stage, customer, subscription } = await subscribed("2026-04-01T00:00:00Z", {});
    const price = await stage.stripe.prices.create({
      currency: "usd",
      unit_amount: 100,
      recurring: { interval: "month", trial_period_days: 10 },
      product_data: { name: "Try" },
    });
    const base = { customer: customer.id, items: [{ price: price.id }] };
    expect((await stage.stripe.subscriptions.create(base)).trial_end).toBeNull();
    const tried = await stage.stripe.subscriptions.create({ ...base, trial_from_plan: true });
    expect(isoOf(tried.trial_end)).toBe("2026-04-11T00:00");
    const item = subscription.items.data[0]?.id ?? "";
    const changed = await stage.stripe.subscriptions.update(subscription.id, {
      items: [{ id: item, price: price.id }],
      trial_from_plan: true,
    });
    expect([changed.status, isoOf(changed.trial_end)]).toEqual(["trialing", "2026-04-11T00:00"]);
    await expect(
      stage.stripe.subscriptions.create({ ...base, trial_from_plan: true, trial_end: at("2026-05-01T00:00:00Z") }),
    ).rejects.toMatchObject({ param: "trial_from_plan" });
  });
});
