/**
 * The worked examples that Stripe's documentation gives of prorations, quoted and committed by our verbs. Amounts are in
 * minor units and without tax; where we charge at once what an example puts on the next invoice, both are told.
 */
import { beforeAll, expect, it } from "vitest";
import { commitQuote, quoteSubscription, subscriptionWishSchema } from "@/billing/subscriptions";
import { createTenant, type Tenant } from "@/billing/tenants";
import { recordUsage } from "@/billing/usage";
import { postToSandbox } from "../sandbox-post";
import { shareWorld } from "../world";
import { lifecycleCatalog, plan } from "./catalog";

const PLANS = [
  plan("ten", ["10.00", "100.00"], {}),
  plan("twenty", ["20.00", "200.00"], {
    seats: { included: 1, monthlyPrice: "10.00", annualPrice: "100.00", max: null },
  }),
  plan("odd", ["32.52", "325.20"], {}),
  plan("hundred", ["100.00", "1000.00"], {}),
  plan("two_hundred", ["200.00", "2000.00"], {}),
];
const world = shareWorld({ catalog: lifecycleCatalog(PLANS, { tax: { displayName: "Tax", percentage: "0" } }) });
beforeAll(async () => {
  await makeCode("FIVE", { amount_off: "500", currency: "usd", duration: "once" });
  await makeCode("HALF", { percent_off: "50", duration: "forever" });
});

async function makeCode(code: string, terms: Record<string, string>): Promise<void> {
  const coupon = await postToSandbox(world.sandbox.url, "coupons", { ...terms, name: code });
  const promotion = { "promotion[type]": "coupon", "promotion[coupon]": coupon.id, code };
  await postToSandbox(world.sandbox.url, "promotion_codes", promotion);
}

/** A start, and wishes at later times; the last one is compared. */
interface Example {
  /** The page of docs.stripe.com that has it. */
  page: string;
  startsAt: string;
  start: object;
  wishes: Array<[at: string, wanted: object]>;
  /** Lines of its invoice, then what is due, credited, and what the next invoice comes to. */
  lines: bigint[];
  due: bigint;
  credit?: bigint;
  next: bigint;
}

const PRORATIONS = "billing/subscriptions/prorations";
const change = (wanted: object) => ({ verb: "change", timing: "now_prorated", ...wanted });
/** Thirty days, so that the 16th is half-way. */
const APRIL = { page: PRORATIONS, startsAt: "2026-04-01T00:00:00Z" };
const MAY = { page: "api/subscriptions/update", startsAt: "2026-05-01T00:00:00Z", start: { planKey: "hundred" } };

const EXAMPLES: Record<string, Example> = {
  "the previewed upgrade, to the second: 166.35 and 540.96": {
    page: "billing/subscriptions/prorations#preview-proration",
    startsAt: new Date(1_596_749_288_000).toISOString(),
    start: { planKey: "ten" },
    wishes: [[new Date(1_598_982_148_000).toISOString(), change({ planKey: "odd" })]],
    ...{ lines: [-166n, 541n], due: 375n, next: 3_252n },
  },
  "ten to twenty half-way": {
    ...{ ...APRIL, start: { planKey: "ten" }, wishes: [["2026-04-16T00:00:00Z", change({ planKey: "twenty" })]] },
    ...{ lines: [-500n, 1_000n], due: 500n, next: 2_000n },
  },
  "up on the 11th and down on the 21st credits what was really billed": {
    ...{ ...APRIL, start: { planKey: "ten" } },
    wishes: [
      ["2026-04-11T00:00:00Z", change({ planKey: "twenty" })],
      ["2026-04-21T00:00:00Z", change({ planKey: "ten" })],
    ],
    ...{ lines: [-667n, 333n], due: 0n, credit: 334n, next: 1_000n },
  },
  "an item under a coupon is credited at what it was charged: half of 10.00 less 1.66": {
    ...{ ...APRIL, start: { planKey: "twenty", seats: 2, promotionCode: "FIVE" } },
    wishes: [["2026-04-16T00:00:00Z", change({ seats: 1 })]],
    ...{ lines: [-417n], due: 0n, credit: 417n, next: 2_000n },
  },
  "a code of the same change is used in its proration": {
    ...{ ...APRIL, start: { planKey: "ten" } },
    wishes: [["2026-04-16T00:00:00Z", change({ planKey: "two_hundred", promotionCode: "HALF" })]],
    ...{ lines: [-500n, 5_000n], due: 4_500n, next: 10_000n },
  },
  "one hundred to two hundred on 15 May, 17 of 31 days left": {
    ...{ ...MAY, wishes: [["2026-05-15T00:00:00Z", change({ planKey: "two_hundred" })]] },
    ...{ lines: [-5_484n, 10_968n], due: 5_484n, next: 20_000n },
  },
  "the same without proration waits for 1 June": {
    ...{ ...MAY, wishes: [["2026-05-15T00:00:00Z", change({ planKey: "two_hundred", timing: "at_period_end" })]] },
    ...{ lines: [], due: 0n, next: 20_000n },
  },
  "a price that changes without a number keeps the number of the plan at one": {
    ...{ ...MAY, start: { planKey: "twenty", seats: 3 } },
    wishes: [["2026-05-15T00:00:00Z", change({ planKey: "hundred" })]],
    // 20.00, two seats of 10.00 and 100.00, for 17 of 31 days each.
    ...{ lines: [-1_097n, -1_097n, 5_484n], due: 3_290n, next: 10_000n },
  },
};

it.each(Object.entries(EXAMPLES))("%s", async (_name, example) => {
  const { startsAt, start, wishes, lines, due, credit = 0n, next } = example;
  const stripeTestClockId = await world.control.createTestClock("example", new Date(startsAt));
  await world.clock.refresh();
  const words = { name: "Example", billingEmail: "example@proration.example", stripeTestClockId };
  const tenant = await createTenant(world.ctx, words);
  let quote = await keep(tenant, { verb: "start", interval: "month", ...start });
  // Metered prices are never prorated: what was used stays out of all of it.
  const report = { tenantId: tenant.id, meterKey: "call", quantity: "170", unit: null, metadata: {}, key: null };
  await recordUsage(world.ctx, report);
  for (const [at, wanted] of wishes) {
    await world.control.advanceTo(stripeTestClockId, new Date(at));
    await world.clock.refresh();
    quote = await keep(tenant, wanted);
  }
  const amounts = quote.lines.map((line) => line.amountMinor).sort((a, b) => Number(a - b));
  expect({
    ...{ lines: amounts, due: quote.dueNowMinor, credit: quote.creditMinor },
    next: quote.nextInvoice?.totalMinor,
  }).toEqual({ lines, due, credit, next });
});

async function keep({ id: tenantId }: Tenant, wanted: object) {
  const quote = await quoteSubscription(world.ctx, { tenantId, wish: subscriptionWishSchema.parse(wanted) });
  const call = { tenantId, requestId: world.requestId(), reason: "An example of the documentation", canConfirm: false };
  const paymentMethodId = quote.wish.verb === "start" ? "pm_card_visa" : null;
  const done = await commitQuote(world.ctx, { ...call, quoteId: quote.id, paymentMethodId });
  expect(done.chargedNowMinor).toBe(quote.dueNowMinor - quote.creditMinor);
  await world.drain();
  return quote;
}
