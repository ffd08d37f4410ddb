/** A year of tiered usage on a test clock, month by month against numbers worked out by hand. */
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { StripeSdk } from "../testing/start";
import { at, isoOf, latestInvoice, priceOf, type Stage, startStage } from "./test-stage";

let stage: Stage;
beforeAll(async () => {
  stage = await startStage("2026-01-31T10:00:00Z");
});
afterAll(() => stage.close());

/**
 * Renewal, reports of the month before it, a report during the draft's hour for the closed month, and what the usage costs:
 * 100 calls are free, those up to 1,000 cost 2 cents and their tier 5.00 once, all further ones 1.5 cents.
 */
const year: ReadonlyArray<[string, string[], string | null, number]> = [
  ["2026-02-28", ["20", "30"], null, 0],
  ["2026-03-31", ["100"], null, 0],
  ["2026-04-30", ["100"], "1", 502],
  ["2026-05-31", ["599", "11", "-10"], null, 1_500],
  ["2026-06-30", ["1000"], null, 2_300],
  ["2026-07-31", ["1000"], "1", 2_302],
  ["2026-08-31", ["1", "1", "1", "1000"], null, 2_305],
  ["2026-09-30", ["5000"], null, 8_300],
  ["2026-10-31", [], null, 0],
  ["2026-11-30", ["500"], "-250", 800],
  ["2026-12-31", ["100.25", "0.25"], null, 501],
  ["2027-01-31", ["2001"], null, 3_802],
];

it("adds up to what the tiers say, late reports included", async () => {
  const { stripe } = stage;
  const clock = await stripe.testHelpers.testClocks.create({ frozen_time: at("2026-01-31T10:00:00Z") });
  const customer = await stripe.customers.create({
    test_clock: clock.id,
    payment_method: "pm_card_visa",
    invoice_settings: { default_payment_method: "pm_card_visa" },
  });
  const meter = await stripe.billing.meters.create({
    display_name: "Calls",
    event_name: "calls",
    default_aggregation: { formula: "sum" },
  });
  const usage = await stripe.prices.create({
    currency: "usd",
    billing_scheme: "tiered",
    tiers_mode: "graduated",
    tiers: [
      { up_to: 100, unit_amount: 0 },
      { up_to: 1_000, unit_amount: 2, flat_amount: 500 },
      { up_to: "inf", unit_amount_decimal: StripeSdk.Decimal.from("1.5") },
    ],
    recurring: { interval: "month", usage_type: "metered", meter: meter.id },
    product_data: { name: "Calls" },
  });
  const base = await priceOf(stage, 2_900);
  const { id } = await stripe.subscriptions.create({
    customer: customer.id,
    items: [{ price: base.id }, { price: usage.id }],
  });
  const report = (value: string, timestamp?: number) =>
    stripe.billing.meterEvents.create({
      event_name: "calls",
      payload: { stripe_customer_id: customer.id, value },
      ...(timestamp === undefined ? {} : { timestamp }),
    });
  const seen: unknown[] = [];
  for (const [renewal, reports, late] of year) {
    for (const value of reports) await report(value);
    const end = at(`${renewal}T10:00:00Z`);
    await walk(clock.id, end);
    if (late !== null) await report(late, end - 1);
    await walk(clock.id, end + 3_600);
    const invoice = await latestInvoice(stage, id);
    expect([isoOf(invoice.period_end), invoice.status]).toEqual([`${renewal}T10:00`, "paid"]);
    const [licensed] = invoice.lines.data.filter((line) => line.pricing?.price_details?.price === base.id);
    expect(licensed?.amount).toBe(2_900);
    seen.push([renewal, reports, late, invoice.total - 2_900]);
    const counted = invoice.lines.data.filter((line) => line.pricing?.price_details?.price === usage.id);
    expect(counted.reduce((sum, line) => sum + line.amount, 0)).toBe(invoice.total - 2_900);
    expect(counted.every((line) => line.period.end === end)).toBe(true);
  }
  expect(seen).toEqual(year.map((row) => [...row]));
  const invoices = await stripe.invoices.list({ subscription: id, limit: 100 });
  expect(invoices.data.map((invoice) => invoice.total).reduce((sum, total) => sum + total, 0)).toBe(
    13 * 2_900 + 0 + 0 + 502 + 1_500 + 2_300 + 2_302 + 2_305 + 8_300 + 0 + 800 + 501 + 3_802,
  );
});

async function walk(clock: string, to: number): Promise<void> {
  await stage.stripe.testHelpers.testClocks.advance(clock, { frozen_time: to });
  await vi.waitFor(
    async () => expect((await stage.stripe.testHelpers.testClocks.retrieve(clock)).status).toBe("ready"),
    { timeout: 10_000, interval: 5 },
  );
}
