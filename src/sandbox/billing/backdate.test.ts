import type Stripe from "stripe";
import { afterEach, describe, expect, it } from "vitest";
import { at, customerWithCard, day, isoOf, latestInvoice, priceOf, type Stage, startStage } from "./test-stage";

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
  return { stage: world, subscription, customer, price };
}

/** "1500 2026-02-15 2026-03-01", oldest first. */
const linesOf = (invoice: Stripe.Invoice) =>
  invoice.lines.data
    .map((line) => `${line.amount} ${isoOf(line.period.start)?.slice(5, 10)} ${isoOf(line.period.end)?.slice(5, 10)}`)
    .reverse();

const flexible = { type: "flexible" as const };
const classic = { type: "classic" as const };
const since = (iso: string) => ({ backdate_start_date: at(`${iso}T00:00:00Z`) });
const anchored = (iso: string) => ({ billing_cycle_anchor: at(`${iso}T00:00:00Z`) });

describe("a start in the past", () => {
  it.each<[string, Partial<Stripe.SubscriptionCreateParams>, string[]]>([
    // Cycles of the anchor (now, the 1st of March): 15 of the 28 days of February's.
    [
      "its cycles",
      { ...since("2026-01-15"), billing_mode: flexible },
      ["1645 01-15 02-01", "3000 02-01 03-01", "3000 03-01 04-01"],
    ],
    // Imagined months from the 15th of January: one whole, and 14 of the 28 days to the 15th of March.
    ["one classic line", { ...since("2026-01-15"), billing_mode: classic }, ["4500 01-15 03-01", "3000 03-01 04-01"]],
    [
      "half a classic month",
      { ...since("2026-02-15"), billing_mode: classic },
      ["1500 02-15 03-01", "3000 03-01 04-01"],
    ],
    ["a whole month", since("2026-02-01"), ["3000 02-01 03-01", "3000 03-01 04-01"]],
    ["nothing", { ...since("2026-01-15"), proration_behavior: "none" }, ["3000 03-01 04-01"]],
    [
      "cycles up to an anchor",
      { ...since("2026-01-20"), ...anchored("2026-03-20") },
      ["3000 01-20 02-20", "3000 02-20 03-20"],
    ],
    [
      "a classic line up to an anchor",
      { ...since("2026-01-20"), ...anchored("2026-03-20"), billing_mode: classic },
      ["6000 01-20 03-20"],
    ],
    [
      "its past beside a trial",
      { ...since("2026-02-01"), trial_end: at("2026-03-08T00:00:00Z") },
      ["677 02-01 02-08", "2250 02-08 03-01", "0 03-01 03-08"],
    ],
  ])("costs %s", async (_name, params, lines) => {
    const { stage, subscription } = await subscribed("2026-03-01T00:00:00Z", params);
    expect(isoOf(subscription.start_date)).toBe(isoOf(params.backdate_start_date));
    expect(isoOf(subscription.created)).toBe("2026-03-01T00:00");
    expect(linesOf(await latestInvoice(stage, subscription.id))).toEqual(lines);
  });

  it("goes on from its anchor, and credits only what is ahead", async () => {
    const params = { ...since("2026-01-20"), ...anchored("2026-03-20") };
    const { stage, subscription } = await subscribed("2026-03-06T00:00:00Z", params, 2_800);
    const credited = await stage.stripe.invoices.createPreview({
      subscription: subscription.id,
      subscription_details: { cancel_now: true },
    });
    expect(credited.total).toBe(-1_400);
    await stage.advanceTo("2026-03-20T02:00:00Z");
    expect(linesOf(await latestInvoice(stage, subscription.id))).toEqual(["2800 03-20 04-20"]);
  });

  it("cannot lie ahead, nor fill more than an invoice, and makes no invoice without prorations before an anchor", async () => {
    const { stage, customer, subscription } = await subscribed("2026-03-01T00:00:00Z", {
      ...since("2026-02-01"),
      ...anchored("2026-03-15"),
      proration_behavior: "none",
    });
    expect(subscription.latest_invoice).toBeNull();
    const daily = await priceOf(stage, 100, "day");
    const base = { customer: customer.id, items: [{ price: daily.id }] };
    for (const start of ["2026-03-02", "2025-01-01"]) {
      await expect(stage.stripe.subscriptions.create({ ...base, ...since(start) })).rejects.toMatchObject({
        param: "backdate_start_date",
      });
    }
    const preview = await stage.stripe.invoices.createPreview({
      customer: customer.id,
      subscription_details: { items: base.items, start_date: at("2026-02-27T00:00:00Z") },
    });
    expect(preview.lines.data.map((line) => line.amount)).toEqual([100, 100, 100]);
  });
});

describe("pending items", () => {
  it("are billed in between when an interval says so", async () => {
    const { stage, subscription, customer } = await subscribed("2026-03-01T00:00:00Z", {
      pending_invoice_item_interval: { interval: "week" },
    });
    expect(subscription.pending_invoice_item_interval).toEqual({ interval: "week", interval_count: 1 });
    expect(isoOf(subscription.next_pending_invoice_item_invoice)).toBe("2026-03-08T00:00");
    await stage.stripe.invoiceItems.create({
      customer: customer.id,
      subscription: subscription.id,
      amount: 700,
      currency: "usd",
    });
    await stage.advanceTo("2026-03-08T02:00:00Z");
    const invoice = await latestInvoice(stage, subscription.id);
    expect([invoice.billing_reason, invoice.total, invoice.status]).toEqual([
      "automatic_pending_invoice_item_invoice",
      700,
      "paid",
    ]);
    await stage.advanceTo("2026-03-15T02:00:00Z");
    const quiet = await stage.stripe.subscriptions.retrieve(subscription.id);
    expect(quiet.latest_invoice).toBe(invoice.id);
    expect(isoOf(quiet.next_pending_invoice_item_invoice)).toBe("2026-03-22T00:00");
    const off = await stage.stripe.subscriptions.update(subscription.id, { pending_invoice_item_interval: "" });
    expect([off.pending_invoice_item_interval, off.next_pending_invoice_item_invoice]).toEqual([null, null]);
    await stage.stripe.invoiceItems.create({
      customer: customer.id,
      subscription: subscription.id,
      amount: 900,
      currency: "usd",
    });
    await stage.advanceBy(8 * day);
    expect((await stage.stripe.invoiceItems.list({ customer: customer.id, pending: true })).data).toHaveLength(1);
  });
});

describe("added items", () => {
  it("stand for the time the items have in common, or for the one they name", async () => {
    const { stage, subscription } = await subscribed("2026-03-01T00:00:00Z", {});
    await stage.advanceTo("2026-03-11T00:00:00Z");
    const extra = (unitAmount: number) => ({
      price_data: {
        currency: "usd",
        product: String(subscription.items.data[0]?.price.product),
        unit_amount: unitAmount,
      },
    });
    await stage.stripe.subscriptions.update(subscription.id, {
      proration_behavior: "always_invoice",
      add_invoice_items: [
        extra(100),
        {
          ...extra(200),
          period: { start: { type: "now" }, end: { type: "timestamp", timestamp: at("2026-03-20T00:00:00Z") } },
        },
      ],
    });
    expect(linesOf(await latestInvoice(stage, subscription.id))).toEqual(["100 03-01 04-01", "200 03-11 03-20"]);
    await expect(
      stage.stripe.subscriptions.update(subscription.id, {
        add_invoice_items: [
          { ...extra(1), period: { start: { type: "timestamp" }, end: { type: "min_item_period_end" } } },
        ],
      }),
    ).rejects.toMatchObject({ param: "add_invoice_items[0][period][start][timestamp]" });
    const { data } = await stage.stripe.invoiceItems.list({ limit: 1 });
    await expect(
      stage.stripe.invoiceItems.update(data[0]?.id ?? "", { invoicing_rules: "some" as "" }),
    ).rejects.toMatchObject({ param: "invoicing_rules" });
  });
});

describe("settings", () => {
  it("reach the invoices and stay when they are not named", async () => {
    const { stage, subscription } = await subscribed("2026-03-01T00:00:00Z", {
      invoice_settings: { custom_fields: [{ name: "PO", value: "7" }], issuer: { type: "self" } },
      payment_settings: {
        payment_method_options: { card: { request_three_d_secure: "any" } },
        payment_method_types: ["card"],
      },
      trial_settings: { end_behavior: { missing_payment_method: "pause" } },
    });
    expect((await latestInvoice(stage, subscription.id)).custom_fields).toEqual([{ name: "PO", value: "7" }]);
    expect(subscription.payment_settings).toMatchObject({
      payment_method_options: { card: { request_three_d_secure: "any", network: null }, sepa_debit: null },
      payment_method_types: ["card"],
      save_default_payment_method: "off",
    });
    const changed = await stage.stripe.subscriptions.update(subscription.id, {
      invoice_settings: { footer: "Thanks" } as Stripe.SubscriptionUpdateParams.InvoiceSettings,
      payment_settings: { save_default_payment_method: "on_subscription" },
      trial_settings: { end_behavior: { billing_cycle_anchor: "unchanged" } },
    });
    expect(changed.invoice_settings).toMatchObject({ custom_fields: [{ name: "PO", value: "7" }], footer: "Thanks" });
    expect(changed.payment_settings).toMatchObject({
      payment_method_types: ["card"],
      save_default_payment_method: "on_subscription",
    });
    expect(changed.trial_settings?.end_behavior).toEqual({
      billing_cycle_anchor: "unchanged",
      missing_payment_method: "pause",
    });
    await expect(
      stage.stripe.subscriptions.update(subscription.id, { invoice_settings: { issuer: { type: "account" } } }),
    ).rejects.toMatchObject({ statusCode: 501 });
  });
});
