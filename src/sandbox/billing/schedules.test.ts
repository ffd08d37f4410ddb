/** Subscription schedules: phases in time, what each change of phase bills, and the ways a schedule ends. */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { at, customerWithCard, isoOf, latestInvoice, priceOf, type Stage, startStage } from "./test-stage";

let stage: Stage;
beforeEach(async () => {
  stage = await startStage("2026-04-01T00:00:00Z");
});
afterEach(() => stage.close());

const subscriptionOf = (schedule: { subscription: string | { id: string } | null }) => {
  const { subscription } = schedule;
  if (subscription === null) throw new Error("the schedule has no subscription");
  return typeof subscription === "string" ? subscription : subscription.id;
};

const totals = async (subscription: string) =>
  (await stage.stripe.invoices.list({ subscription })).data.map((invoice) => invoice.total).reverse();

describe("phases", () => {
  it("bill the next price from the boundary on, without prorations, and release the subscription at the end", async () => {
    const customer = await customerWithCard(stage);
    const [small, large] = [await priceOf(stage, 1_000), await priceOf(stage, 3_000)];
    const schedule = await stage.stripe.subscriptionSchedules.create({
      customer: customer.id,
      start_date: "now",
      phases: [
        { items: [{ price: small.id }], duration: { interval: "month", interval_count: 2 } },
        { items: [{ price: large.id, quantity: 2 }], duration: { interval: "month" } },
      ],
    });
    const id = subscriptionOf(schedule);
    expect(schedule).toMatchObject({ status: "active", end_behavior: "release" });
    expect(schedule.phases.map((phase) => [isoOf(phase.start_date), isoOf(phase.end_date)])).toEqual([
      ["2026-04-01T00:00", "2026-06-01T00:00"],
      ["2026-06-01T00:00", "2026-07-01T00:00"],
    ]);
    expect(await stage.stripe.subscriptions.retrieve(id)).toMatchObject({ schedule: schedule.id, status: "active" });
    expect(await stage.events("subscription_schedule")).toEqual([
      "subscription_schedule.created",
      "subscription_schedule.updated",
    ]);
    await stage.advanceTo("2026-06-01T02:00:00Z");
    expect(await totals(id)).toEqual([1_000, 1_000, 6_000]);
    expect((await latestInvoice(stage, id)).billing_reason).toBe("subscription_cycle");
    await stage.advanceTo("2026-06-24T00:00:00Z");
    expect(await stage.events("subscription_schedule")).toEqual([
      "subscription_schedule.updated",
      "subscription_schedule.expiring",
    ]);
    await stage.advanceTo("2026-07-01T02:00:00Z");
    const released = await stage.stripe.subscriptionSchedules.retrieve(schedule.id);
    expect(released).toMatchObject({ status: "released", subscription: null, released_subscription: id });
    expect(await stage.stripe.subscriptions.retrieve(id)).toMatchObject({ schedule: null, status: "active" });
    expect(await stage.events("subscription_schedule")).toEqual(["subscription_schedule.released"]);
    expect(await totals(id)).toEqual([1_000, 1_000, 6_000, 6_000]);
  });

  it.each([
    ["create_prorations", [1_000, 4_000]],
    ["always_invoice", [1_000, 1_000, 3_000]],
    ["none", [1_000, 3_000]],
  ] as const)("change prices in mid period with %s", async (behavior, expected) => {
    const customer = await customerWithCard(stage);
    const [small, large] = [await priceOf(stage, 1_000), await priceOf(stage, 3_000)];
    const schedule = await stage.stripe.subscriptionSchedules.create({
      customer: customer.id,
      start_date: "now",
      phases: [
        { items: [{ price: small.id }], end_date: at("2026-04-16T00:00:00Z") },
        { items: [{ price: large.id }], duration: { interval: "year" }, proration_behavior: behavior },
      ],
    });
    await stage.advanceTo("2026-05-01T02:00:00Z");
    expect(await totals(subscriptionOf(schedule))).toEqual(expected);
  });

  it("move to another interval at a boundary", async () => {
    const customer = await customerWithCard(stage);
    const [monthly, yearly] = [await priceOf(stage, 1_000), await priceOf(stage, 9_000, "year")];
    const schedule = await stage.stripe.subscriptionSchedules.create({
      customer: customer.id,
      start_date: "now",
      phases: [
        { items: [{ price: monthly.id }], duration: { interval: "month" } },
        { items: [{ price: yearly.id }], duration: { interval: "year" } },
      ],
    });
    const id = subscriptionOf(schedule);
    await stage.advanceTo("2026-05-02T00:00:00Z");
    expect(await totals(id)).toEqual([1_000, 9_000]);
    const { items } = await stage.stripe.subscriptions.retrieve(id);
    expect(isoOf(items.data[0]?.current_period_end)).toBe("2027-05-01T00:00");
  });

  it("begin with a trial, and start in the future with a draft of an hour", async () => {
    const customer = await customerWithCard(stage);
    const price = await priceOf(stage, 1_000);
    const schedule = await stage.stripe.subscriptionSchedules.create({
      customer: customer.id,
      start_date: at("2026-04-10T00:00:00Z"),
      phases: [
        { items: [{ price: price.id }], trial: true, end_date: at("2026-04-17T00:00:00Z") },
        { items: [{ price: price.id }], duration: { interval: "month" } },
      ],
    });
    expect(schedule).toMatchObject({ status: "not_started", subscription: null, current_phase: null });
    await stage.advanceTo("2026-04-10T00:00:00Z");
    const id = subscriptionOf(await stage.stripe.subscriptionSchedules.retrieve(schedule.id));
    expect(await stage.stripe.subscriptions.retrieve(id)).toMatchObject({ status: "trialing" });
    expect((await latestInvoice(stage, id)).status).toBe("draft");
    await stage.advanceTo("2026-04-17T02:00:00Z");
    expect(await stage.stripe.subscriptions.retrieve(id)).toMatchObject({ status: "active" });
    expect(await totals(id)).toEqual([0, 1_000]);
    expect((await latestInvoice(stage, id)).status).toBe("paid");
  });
});

describe("ends", () => {
  it("cancels with its last phase when told to, and says so before", async () => {
    const customer = await customerWithCard(stage);
    const price = await priceOf(stage, 1_000);
    const schedule = await stage.stripe.subscriptionSchedules.create({
      customer: customer.id,
      end_behavior: "cancel",
      start_date: "now",
      phases: [{ items: [{ price: price.id }], duration: { interval: "month" } }],
    });
    const id = subscriptionOf(schedule);
    expect(isoOf((await stage.stripe.subscriptions.retrieve(id)).cancel_at)).toBe("2026-05-01T00:00");
    await expect(stage.stripe.subscriptions.update(id, { cancel_at_period_end: false })).rejects.toMatchObject({
      statusCode: 400,
    });
    await stage.advanceTo("2026-05-01T00:00:00Z");
    expect(await stage.stripe.subscriptions.retrieve(id)).toMatchObject({ status: "canceled" });
    expect(await stage.stripe.subscriptionSchedules.retrieve(schedule.id)).toMatchObject({ status: "completed" });
    expect(await totals(id)).toEqual([1_000]);
    await expect(stage.stripe.subscriptionSchedules.release(schedule.id)).rejects.toMatchObject({ statusCode: 400 });
  });

  it("adopts a subscription, plans a downgrade at the period's end, and can be released or canceled", async () => {
    const customer = await customerWithCard(stage);
    const [large, small] = [await priceOf(stage, 3_000), await priceOf(stage, 1_000)];
    const start = async () => {
      const { id } = await stage.stripe.subscriptions.create({ customer: customer.id, items: [{ price: large.id }] });
      const adopted = await stage.stripe.subscriptionSchedules.create({ from_subscription: id });
      const [phase] = adopted.phases;
      const { start_date, end_date } = phase ?? { start_date: 0, end_date: 0 };
      const planned = await stage.stripe.subscriptionSchedules.update(adopted.id, {
        phases: [
          { items: [{ price: large.id }], start_date, end_date },
          { items: [{ price: small.id }], duration: { interval: "month" } },
        ],
      });
      return { id, schedule: planned.id };
    };
    const [kept, released, canceled] = [await start(), await start(), await start()];
    await expect(stage.stripe.subscriptions.pause(kept.id)).rejects.toMatchObject({ statusCode: 400 });
    await stage.stripe.subscriptionSchedules.release(released.schedule);
    await stage.advanceTo("2026-04-16T00:00:00Z");
    const ended = await stage.stripe.subscriptionSchedules.cancel(canceled.schedule);
    expect(ended.status).toBe("canceled");
    expect((await stage.stripe.subscriptions.retrieve(canceled.id)).status).toBe("canceled");
    expect((await latestInvoice(stage, canceled.id)).total).toBe(-1_500);
    await stage.advanceTo("2026-05-01T02:00:00Z");
    expect(await totals(kept.id)).toEqual([3_000, 1_000]);
    expect(await totals(released.id)).toEqual([3_000, 3_000]);
    const open = await stage.stripe.subscriptionSchedules.list({ customer: customer.id, scheduled: false });
    expect(open.data.map((one) => one.status)).toEqual(["canceled", "released", "active"]);
  });

  it("changes the running phase at once, and ends it now", async () => {
    const customer = await customerWithCard(stage);
    const [small, large] = [await priceOf(stage, 1_000), await priceOf(stage, 3_000)];
    const schedule = await stage.stripe.subscriptionSchedules.create({
      customer: customer.id,
      start_date: "now",
      phases: [{ items: [{ price: small.id }], duration: { interval: "month", interval_count: 3 } }],
    });
    const id = subscriptionOf(schedule);
    await stage.advanceTo("2026-04-16T00:00:00Z");
    const start_date = schedule.phases[0]?.start_date ?? 0;
    await stage.stripe.subscriptionSchedules.update(schedule.id, {
      phases: [
        { items: [{ price: small.id, quantity: 2 }], start_date, duration: { interval: "month", interval_count: 3 } },
      ],
      proration_behavior: "always_invoice",
    });
    expect((await latestInvoice(stage, id)).total).toBe(500);
    const moved = await stage.stripe.subscriptionSchedules.update(schedule.id, {
      phases: [
        { items: [{ price: small.id, quantity: 2 }], start_date, end_date: "now" },
        { items: [{ price: large.id }], start_date: "now", duration: { interval: "month" } },
      ],
      proration_behavior: "always_invoice",
    });
    expect(isoOf(moved.current_phase?.start_date)).toBe("2026-04-16T00:00");
    expect((await latestInvoice(stage, id)).total).toBe(500);
    expect(await stage.stripe.subscriptions.retrieve(id)).toMatchObject({
      items: { data: [{ price: { id: large.id } }] },
    });
  });

  it("is released where it stands when its next phase cannot begin", async () => {
    const customer = await customerWithCard(stage);
    const [small, large] = [await priceOf(stage, 1_000), await priceOf(stage, 3_000)];
    const schedule = await stage.stripe.subscriptionSchedules.create({
      customer: customer.id,
      start_date: "now",
      phases: [
        { items: [{ price: small.id }], duration: { interval: "month" } },
        { items: [{ price: large.id }], duration: { interval: "month" } },
      ],
    });
    await stage.stripe.prices.update(large.id, { active: false });
    await stage.advanceTo("2026-05-02T00:00:00Z");
    expect((await stage.stripe.subscriptionSchedules.retrieve(schedule.id)).status).toBe("released");
    expect(await totals(subscriptionOf(schedule))).toEqual([1_000, 1_000]);
  });
});
