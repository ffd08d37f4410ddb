/** Tiered prices on paper: a line per tier that add up, through discounts, taxes, prorations, currencies and previews. */
import type Stripe from "stripe";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { StripeSdk } from "../testing/start";
import { type FrozenStage, startFrozenStage } from "./test-frozen-stage";
import { latestInvoice, taxRateOf } from "./test-stage";

let stage: FrozenStage;
let customer: string;
beforeEach(async () => {
  stage = await startFrozenStage("2026-04-01T00:00:00Z");
  customer = stage.customer;
});
afterEach(() => stage.close());

type Tier = Stripe.PriceCreateParams.Tier;

const exactly = (text: string) => StripeSdk.Decimal.from(text);

const tiered = (tiers: Tier[], more: Partial<Stripe.PriceCreateParams> = {}) =>
  stage.stripe.prices.create({
    currency: "usd",
    billing_scheme: "tiered",
    tiers_mode: "graduated",
    tiers,
    recurring: { interval: "month" },
    product_data: { name: "Seats" },
    ...more,
  });

const steps: Tier[] = [
  { up_to: 5, unit_amount: 700 },
  { up_to: 10, unit_amount: 650 },
  { up_to: "inf", unit_amount: 600 },
];

const subscribe = (price: Stripe.Price, quantity: number, more: Partial<Stripe.SubscriptionCreateParams> = {}) =>
  stage.stripe.subscriptions.create({ customer, items: [{ price: price.id, quantity }], ...more });

const rows = (invoice: Stripe.Invoice) =>
  invoice.lines.data.map((line) => [
    line.description,
    line.quantity,
    String(line.pricing?.unit_amount_decimal),
    line.amount,
  ]);

const sum = (lines: ReadonlyArray<{ amount: number }>) => lines.reduce((total, line) => total + line.amount, 0);

describe("the lines of a tiered price", () => {
  /** Tiers, mode, quantity, and each line: description, quantity, unit amount, amount. */
  const cases: ReadonlyArray<[string, Tier[], "graduated" | "volume", number, unknown[][]]> = [
    ["inside the first tier", steps, "graduated", 5, [["5 × Seats (Tier 1 at $7.00 / month)", 5, "700", 3_500]]],
    [
      "over three tiers",
      steps,
      "graduated",
      20,
      [
        ["5 × Seats (Tier 1 at $7.00 / month)", 5, "700", 3_500],
        ["5 × Seats (Tier 2 at $6.50 / month)", 5, "650", 3_250],
        ["10 × Seats (Tier 3 at $6.00 / month)", 10, "600", 6_000],
      ],
    ],
    ["all units in one tier", steps, "volume", 6, [["6 × Seats (Tier 2 at $6.50 / month)", 6, "650", 3_900]]],
    [
      "a flat fee beside free units",
      [
        { up_to: 3, flat_amount: 1_000 },
        { up_to: "inf", unit_amount: 100 },
      ],
      "graduated",
      4,
      [
        ["3 × Seats (Tier 1 at $0.00 / month)", 3, "0", 0],
        ["Seats (Tier 1 flat fee, $10.00 / month)", 1, "1000", 1_000],
        ["1 × Seats (Tier 2 at $1.00 / month)", 1, "100", 100],
      ],
    ],
    [
      "fractions of a cent, rounded on each line",
      [
        { up_to: 1, unit_amount_decimal: exactly("0.5") },
        { up_to: "inf", unit_amount_decimal: exactly("0.25") },
      ],
      "graduated",
      7,
      [
        ["1 × Seats (Tier 1 at $0.005 / month)", 1, "0.5", 1],
        ["6 × Seats (Tier 2 at $0.0025 / month)", 6, "0.25", 2],
      ],
    ],
  ];
  it.each(cases)("%s", async (_name, tiers, tiers_mode, quantity, expected) => {
    const price = await tiered(tiers, { tiers_mode });
    const items = { subscription_details: { items: [{ price: price.id, quantity }] } };
    const preview = await stage.stripe.invoices.createPreview({ customer, ...items });
    const { id } = await subscribe(price, quantity);
    const invoice = await latestInvoice(stage, id);
    expect(rows(invoice)).toEqual(expected);
    expect(rows(preview)).toEqual(expected);
    expect(invoice.subtotal).toBe(sum(invoice.lines.data));
    await stage.advanceTo("2026-05-01T01:00:00Z");
    expect(rows(await latestInvoice(stage, id))).toEqual(expected);
  });

  it("share discounts and taxes to the cent", async () => {
    const coupon = await stage.stripe.coupons.create({ amount_off: 1_000, currency: "usd", duration: "forever" });
    const rate = await taxRateOf(stage, 7.7);
    const discounts = [{ coupon: coupon.id }];
    const { id } = await subscribe(await tiered(steps), 20, { discounts, default_tax_rates: [rate.id] });
    const invoice = await latestInvoice(stage, id);
    const off = invoice.lines.data.map((line) => sum(line.discount_amounts ?? []));
    expect(off.reduce((total, one) => total + one, 0)).toBe(1_000);
    expect([invoice.subtotal, invoice.total]).toEqual([12_750, 11_750 + Math.round(11_750 * 0.077)]);
  });

  it("are the currency's own", async () => {
    const euros = steps.map((tier) => ({ ...tier, unit_amount: (tier.unit_amount ?? 0) - 100 }));
    const price = await tiered(steps, { currency_options: { eur: { tiers: euros } } });
    const { id } = await subscribe(price, 6, { currency: "eur" });
    expect(rows(await latestInvoice(stage, id))).toEqual([
      ["5 × Seats (Tier 1 at €6.00 / month)", 5, "600", 3_000],
      ["1 × Seats (Tier 2 at €5.50 / month)", 1, "550", 550],
    ]);
  });
});

describe("prorations of a tiered price", () => {
  it("credit all lines of a charge together, as the preview says", async () => {
    const subscription = await subscribe(await tiered(steps), 20);
    const first = await latestInvoice(stage, subscription.id);
    const items = [{ id: subscription.items.data[0]?.id ?? "", quantity: 6 }];
    await stage.advanceTo("2026-04-16T00:00:00Z");
    const now = { proration_behavior: "always_invoice" as const, proration_date: stage.now() };
    const details = { subscription: subscription.id, subscription_details: { items, ...now } };
    const preview = await stage.stripe.invoices.createPreview(details);
    await stage.stripe.subscriptions.update(subscription.id, { items, ...now });
    const invoice = await latestInvoice(stage, subscription.id);
    // Half a month: 12,750 back, 3,500 + 650 again.
    expect(invoice.lines.data.map((line) => line.amount).sort((a, b) => a - b)).toEqual([-6_375, 2_075]);
    expect(rows(preview)).toEqual(rows(invoice));
    const credit = invoice.lines.data.find((line) => line.amount < 0);
    expect(credit?.parent?.subscription_item_details?.proration_details?.credited_items).toEqual({
      invoice: first.id,
      invoice_line_items: first.lines.data.map((line) => line.id),
    });
  });

  it("spread a stub over the tiers without losing a cent", async () => {
    const anchor = { billing_cycle_anchor: stage.now() + 7 * 86_400 + 11 };
    const { id } = await subscribe(await tiered(steps), 20, anchor);
    const invoice = await latestInvoice(stage, id);
    expect(invoice.lines.data).toHaveLength(3);
    // A cycle of the anchor's grid, from 8 March to 8 April, has 31 days.
    const expected = Math.round((12_750 * (7 * 86_400 + 11)) / (31 * 86_400));
    expect([sum(invoice.lines.data), invoice.subtotal]).toEqual([expected, expected]);
  });
});
