/** Test clocks by the API alone: how far they go, what they own, what they say. */
import type Stripe from "stripe";
import { describe, expect, it, vi } from "vitest";
import { day } from "../billing/test-stage";
import { inWorld, refusal, type World } from "./lifecycle";

const start = Date.parse("2026-04-01T00:00:00Z") / 1_000;
const years = (count: number) => count * 366 * day;

/** A clock with a customer that pays by card, and a price of an interval. */
async function clockWith(world: World, interval: "day" | "week" | "month" | "year" | null, count = 1) {
  const { stripe } = world;
  const clock = await stripe.testHelpers.testClocks.create({ frozen_time: start, name: "A year" });
  const customer = await stripe.customers.create({ test_clock: clock.id });
  const method = await stripe.paymentMethods.attach("pm_card_visa", { customer: customer.id });
  if (interval === null) return { clock, customer, subscription: null };
  const subscription = await stripe.subscriptions.create({
    customer: customer.id,
    default_payment_method: method.id,
    items: [
      {
        price: (
          await stripe.prices.create({
            currency: "usd",
            unit_amount: 1_000,
            recurring: { interval, interval_count: count },
            product_data: { name: interval },
          })
        ).id,
      },
    ],
  });
  return { clock, customer, subscription };
}

async function advance({ stripe }: World, clock: string, to: number): Promise<Stripe.TestHelpers.TestClock> {
  const advancing = await stripe.testHelpers.testClocks.advance(clock, { frozen_time: to });
  expect(advancing).toMatchObject({
    status: "advancing",
    status_details: { advancing: { target_frozen_time: to } },
  });
  return vi.waitFor(
    async () => {
      const ready = await stripe.testHelpers.testClocks.retrieve(clock);
      expect(ready.status).toBe("ready");
      return ready;
    },
    { timeout: 15_000 },
  );
}

/** What is billed on the clock, and the furthest it goes at once. */
const reaches = [
  ["day", 1, 2 * day],
  ["week", 1, 14 * day],
  ["month", 1, 62 * day],
  ["month", 3, 186 * day],
  ["year", 1, years(2)],
  [null, 1, years(2)],
] as const;

describe("an advance", () => {
  it.each(reaches)("goes two intervals at most: %s × %i", async (interval, count, reach) => {
    await inWorld(async (world) => {
      const { clock } = await clockWith(world, interval, count);
      const beyond = world.stripe.testHelpers.testClocks.advance(clock.id, { frozen_time: start + reach + 1 });
      expect(await refusal(beyond)).toMatchObject({ statusCode: 400, param: "frozen_time" });
      expect((await advance(world, clock.id, start + reach)).frozen_time).toBe(start + reach);
    });
  });

  it("goes forward only", async () => {
    await inWorld(async (world) => {
      const { clock } = await clockWith(world, null);
      for (const to of [start, start - 1]) {
        const back = world.stripe.testHelpers.testClocks.advance(clock.id, { frozen_time: to });
        expect(await refusal(back)).toMatchObject({ statusCode: 400, param: "frozen_time" });
      }
    });
  });
});

describe("a clock's objects", () => {
  it("carry its id, live by its time, and are left out of lists that name neither it nor their customer", async () => {
    await inWorld(async (world) => {
      const { stripe } = world;
      const { clock, customer, subscription } = await clockWith(world, "month");
      await stripe.invoiceItems.create({ customer: customer.id, amount: 5, currency: "usd" });
      await world.stage.advanceBy(100 * day);
      await advance(world, clock.id, start + 30 * day + 3_600);
      const invoices = (await stripe.invoices.list({ customer: customer.id })).data;
      expect(invoices.map((invoice) => [invoice.status, invoice.created - start, invoice.test_clock])).toEqual([
        ["paid", 30 * day, clock.id],
        ["paid", 0, clock.id],
      ]);
      expect((await stripe.invoiceItems.list({ customer: customer.id })).data[0]?.test_clock).toBe(clock.id);
      const listed = async (params: Stripe.SubscriptionListParams) =>
        (await stripe.subscriptions.list(params)).data.map(({ id }) => id);
      expect(await listed({})).toEqual([]);
      expect(await listed({ test_clock: clock.id })).toEqual([subscription?.id]);
      expect(await listed({ customer: customer.id })).toEqual([subscription?.id]);
      expect((await stripe.customers.list({ test_clock: clock.id })).data).toHaveLength(1);
      expect((await stripe.customers.list()).data.map(({ id }) => id)).toEqual([world.customer]);
      await stripe.subscriptionSchedules.create({ from_subscription: subscription?.id ?? "" });
      expect((await stripe.subscriptionSchedules.list()).data).toEqual([]);
      expect((await stripe.subscriptionSchedules.list({ customer: customer.id })).data).toHaveLength(1);
    });
  });

  it("go with it", async () => {
    await inWorld(async (world) => {
      const { stripe } = world;
      const { clock, customer, subscription } = await clockWith(world, "month");
      await world.heard();
      expect(await stripe.testHelpers.testClocks.del(clock.id)).toEqual(
        expect.objectContaining({ id: clock.id, deleted: true }),
      );
      expect((await world.heard()).map(({ type }) => type)).toContain("test_helpers.test_clock.deleted");
      expect(await stripe.customers.retrieve(customer.id)).toMatchObject({ deleted: true });
      const gone = stripe.subscriptions.retrieve(subscription?.id ?? "");
      expect(await refusal(gone)).toMatchObject({ statusCode: 404 });
      expect(await refusal(stripe.testHelpers.testClocks.retrieve(clock.id))).toMatchObject({ statusCode: 404 });
    });
  });
});

describe("a clock's events", () => {
  it("tell that it was made, goes and has come", async () => {
    await inWorld(async (world) => {
      const { clock } = await clockWith(world, null);
      await advance(world, clock.id, start + day);
      const told = (await world.heard()).filter(({ type }) => type.startsWith("test_helpers"));
      expect(told.map(({ type, request }) => [type.split(".").at(-1), request?.id != null])).toEqual([
        ["created", true],
        ["advancing", true],
        ["ready", false],
      ]);
    });
  });
});
