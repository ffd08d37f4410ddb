/** Ends, trials and parked changes of subscriptions, to the number and to the second. */
import type Stripe from "stripe";
import { describe, expect, it } from "vitest";
import { at, day, isoOf, priceOf } from "../billing/test-stage";
import { giveCard, inWorld, latestOf, refusal, subscribe, type World } from "./lifecycle";

const hour = 3_600;

/** Ten days into April a third of the month is over, and 66.67 of 100.00 are unused. */
const cancellations = [
  { prorate: false, invoice_now: false, pending: [700], invoiced: null, balance: 0 },
  { prorate: true, invoice_now: false, pending: [-6_667, 700], invoiced: null, balance: 0 },
  { prorate: false, invoice_now: true, pending: [], invoiced: 700, balance: 0 },
  { prorate: true, invoice_now: true, pending: [], invoiced: 700 - 6_667, balance: 700 - 6_667 },
];

describe("canceling now", () => {
  it.each(cancellations)("prorate $prorate, invoice_now $invoice_now", async (row) => {
    await inWorld(async (world) => {
      const { stripe, customer } = world;
      const { id } = await subscribe(world);
      await world.stage.advanceTo("2026-04-11T00:00:00Z");
      await stripe.invoiceItems.create({ customer, subscription: id, amount: 700, currency: "usd" });
      const { prorate, invoice_now } = row;
      const ended = await stripe.subscriptions.cancel(id, { prorate, invoice_now });
      const now = world.stage.now();
      expect(ended).toMatchObject({
        status: "canceled",
        canceled_at: now,
        ended_at: now,
        cancellation_details: { reason: "cancellation_requested" },
      });
      const pending = await stripe.invoiceItems.list({ customer, pending: true });
      expect(pending.data.map(({ amount }) => amount).sort((a, b) => a - b)).toEqual(row.pending);
      const { data } = await stripe.invoices.list({ subscription: id });
      expect(data.length).toBe(row.invoiced === null ? 1 : 2);
      if (row.invoiced !== null) expect(data[0]?.total).toBe(row.invoiced);
      const found = await stripe.customers.retrieve(customer);
      expect("deleted" in found ? null : found.balance).toBe(row.balance);
      expect((await stripe.refunds.list()).data).toEqual([]);
    });
  });

  it("without either drops prorations that wait, and leaves other items waiting", async () => {
    await inWorld(async (world) => {
      const { stripe, customer } = world;
      const { id, items } = await subscribe(world);
      await world.stage.advanceTo("2026-04-11T00:00:00Z");
      await stripe.subscriptions.update(id, { items: [{ id: items.data[0]?.id ?? "", quantity: 2 }] });
      await stripe.invoiceItems.create({ customer, amount: 5, currency: "usd" });
      expect((await stripe.invoiceItems.list({ customer, pending: true })).data).toHaveLength(3);
      await stripe.subscriptions.cancel(id);
      const left = await stripe.invoiceItems.list({ customer, pending: true });
      expect(left.data.map(({ amount }) => amount)).toEqual([5]);
    });
  });
});

type Ending = Pick<Stripe.SubscriptionUpdateParams, "cancel_at" | "cancel_at_period_end">;

/** A monthly and a yearly item: how the end is asked for, when it comes. */
const ends: Array<[string, Ending, string]> = [
  ["cancel_at_period_end", { cancel_at_period_end: true }, "2026-05-01T00:00"],
  ["min_period_end", { cancel_at: "min_period_end" }, "2026-05-01T00:00"],
  ["max_period_end", { cancel_at: "max_period_end" }, "2027-04-01T00:00"],
  ["a moment", { cancel_at: at("2026-04-20T00:00:00Z") }, "2026-04-20T00:00"],
];

describe("canceling later", () => {
  it.each(ends)("%s", async (_name, params, end) => {
    await inWorld(async (world) => {
      const { stripe } = world;
      const yearly = await priceOf(world.stage, 50_000, "year");
      const { id } = await subscribe(world, { items: [{ price: world.price }, { price: yearly.id }] });
      await world.stage.advanceTo("2026-04-11T00:00:00Z");
      const asked = await stripe.subscriptions.update(id, {
        ...params,
        proration_behavior: "none",
        cancellation_details: { feedback: "too_expensive", comment: "Alas" },
      });
      expect(asked).toMatchObject({ status: "active", canceled_at: at("2026-04-11T00:00:00Z"), ended_at: null });
      expect(isoOf(asked.cancel_at)).toBe(end);
      expect(asked.cancellation_details).toMatchObject({ feedback: "too_expensive", comment: "Alas" });
      const back = await stripe.subscriptions.update(id, { cancel_at: "", proration_behavior: "none" });
      expect(back).toMatchObject({ cancel_at: null, cancel_at_period_end: false, canceled_at: null });
      await stripe.subscriptions.update(id, { ...params, proration_behavior: "none" });
      await world.stage.advanceTo(`${end}:00Z`);
      expect(await stripe.subscriptions.retrieve(id)).toMatchObject({
        status: "canceled",
        canceled_at: at("2026-04-11T00:00:00Z"),
        ended_at: world.stage.now(),
        cancellation_details: { reason: "cancellation_requested" },
      });
    });
  });
});

describe("a trial", () => {
  it("lasts two years at most", async () => {
    await inWorld(async (world) => {
      const now = world.stage.now();
      const long = subscribe(world, { trial_end: now + 731 * day });
      expect(await refusal(long)).toMatchObject({ statusCode: 400, param: "trial_end" });
      const days = subscribe(world, { trial_period_days: 731 });
      expect(await refusal(days)).toMatchObject({ statusCode: 400, param: "trial_period_days" });
      expect((await subscribe(world, { trial_end: now + 730 * day })).status).toBe("trialing");
    });
  });

  it("is every item's period, moves the anchor, costs nothing, and announces its end", async () => {
    await inWorld(async (world) => {
      const yearly = await priceOf(world.stage, 50_000, "year");
      const end = at("2026-04-15T00:00:00Z");
      const trial = await subscribe(world, { items: [{ price: world.price }, { price: yearly.id }], trial_end: end });
      expect(trial).toMatchObject({ billing_cycle_anchor: end, trial_start: world.stage.now(), trial_end: end });
      expect(trial.items.data.map((item) => item.current_period_end)).toEqual([end, end]);
      const first = await latestOf(world, trial.id);
      expect(first).toMatchObject({ billing_reason: "subscription_create", total: 0, status: "paid" });
      expect(first.lines.data.map(({ description }) => description)).toEqual([
        "Free trial for 1 x Plan 50000",
        "Free trial for 1 x Plan 10000",
      ]);
      await world.heard();
      await world.stage.advanceTo("2026-04-11T23:59:59Z");
      const types = async () => (await world.heard()).map(({ type }) => type);
      expect(await types()).not.toContain("customer.subscription.trial_will_end");
      await world.stage.advanceBy(1);
      expect(await types()).toContain("customer.subscription.trial_will_end");
      await world.stage.advanceTo("2026-04-15T01:00:00Z");
      const after = await world.stripe.subscriptions.retrieve(trial.id);
      expect(after.items.data.map((item) => isoOf(item.current_period_end))).toEqual([
        "2026-05-15T00:00",
        "2027-04-15T00:00",
      ]);
      expect(await latestOf(world, trial.id)).toMatchObject({ total: 60_000, status: "paid" });
    });
  });

  it("shorter than three days announces its end at once", async () => {
    await inWorld(async (world) => {
      await subscribe(world, { trial_period_days: 2 });
      await world.stage.advanceBy(1);
      expect((await world.heard()).map(({ type }) => type)).toContain("customer.subscription.trial_will_end");
    });
  });

  it("ends when told to", async () => {
    await inWorld(async (world) => {
      const { id } = await subscribe(world, { trial_period_days: 20 });
      await world.stage.advanceBy(day);
      const ended = await world.stripe.subscriptions.update(id, { trial_end: "now" });
      expect(ended).toMatchObject({ status: "active", trial_end: world.stage.now() });
      expect(await latestOf(world, id)).toMatchObject({ total: 10_000, status: "paid" });
    });
  });
});

/** What else an update may ask for while it is to wait for its payment. */
const parkable: Array<[Partial<Stripe.SubscriptionUpdateParams>, boolean]> = [
  [{ proration_date: at("2026-04-02T00:00:00Z") }, true],
  [{ billing_cycle_anchor: { type: "now" } }, true],
  [{ metadata: { a: "b" } }, true],
  [{ cancel_at_period_end: true }, true],
  [{ description: "x" }, false],
  [{ default_payment_method: "" }, false],
  [{ collection_method: "send_invoice", days_until_due: 3 }, false],
  [{ pause_collection: { behavior: "void" } }, false],
  [{ default_tax_rates: "" }, false],
  [{ cancel_at: at("2026-04-20T00:00:00Z") }, false],
];

/** Days after the beginning at which the change is tried, and when it then is dropped. */
const expiries = [
  ["after 23 hours", {}, "2026-04-10T00:00:00Z", "2026-04-10T23:00"],
  ["at the period's end", {}, "2026-04-30T12:00:00Z", "2026-05-01T00:00"],
] as const;

describe("a change that waits for its payment", () => {
  const update = async (world: World, id: string, params: Partial<Stripe.SubscriptionUpdateParams> = {}) => {
    const [item] = (await world.stripe.subscriptions.retrieve(id)).items.data;
    return world.stripe.subscriptions.update(id, {
      items: [{ id: item?.id ?? "", quantity: 4 }],
      proration_behavior: "always_invoice",
      payment_behavior: "pending_if_incomplete",
      ...params,
    });
  };

  it.each(parkable)("may also ask for %j: %s", async (params, isAllowed) => {
    await inWorld(async (world) => {
      const { id } = await subscribe(world);
      await world.stage.advanceTo("2026-04-03T00:00:00Z");
      await giveCard(world, "pm_card_chargeCustomerFail");
      const outcome = await update(world, id, params).then(
        (after) => after.pending_update !== null,
        (error: Stripe.errors.StripeError) => {
          expect(error).toMatchObject({ statusCode: 400, param: Object.keys(params)[0] });
          return false;
        },
      );
      expect(outcome).toBe(isAllowed);
    });
  });

  it.each(expiries)("is dropped %s", async (_name, params, from, until) => {
    await inWorld(async (world) => {
      const { id } = await subscribe(world, params);
      await world.stage.advanceTo(from);
      await giveCard(world, "pm_card_chargeCustomerFail");
      const parked = await update(world, id);
      expect(isoOf(parked.pending_update?.expires_at)).toBe(until);
      const invoice = await latestOf(world, id);
      expect([invoice.status, parked.items.data[0]?.quantity]).toEqual(["open", 1]);
      await world.stage.advanceTo(`${until}:00Z`);
      expect((await world.stripe.subscriptions.retrieve(id)).pending_update).toBeNull();
      expect((await world.stripe.invoices.retrieve(invoice.id)).status).toBe("void");
      expect((await world.heard()).map(({ type }) => type)).toContain("customer.subscription.pending_update_expired");
      await world.stage.advanceBy(hour);
    });
  });
});
