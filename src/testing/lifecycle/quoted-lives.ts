/**
 * Random lives of tenants in which every change is quoted, committed, and measured at Stripe: the money that moved must be
 * what the quote said, to the cent.
 *
 * One world, many tenants, each on a clock of its own, several at a time. Nothing waits for webhooks: verbs read what they
 * need from Stripe. A life is drawn before it is lived, so that a seed tells it again.
 */
import fc from "fast-check";
import { applyCatalog, defineCatalog } from "@/billing/catalog";
import type { BillingContext } from "@/billing/context";
import { BillingError } from "@/billing/kernel/errors";
import {
  commitQuote,
  getSubscription,
  type Quote,
  quoteSubscription,
  type SubscriptionWish,
  subscriptionWishSchema,
} from "@/billing/subscriptions";
import type { DiscountTerms } from "@/billing/subscriptions/model-promotions";
import { getTenant, type Tenant } from "@/billing/tenants";
import { recordUsage } from "@/billing/usage";
import { postToSandbox } from "../sandbox-post";
import { createWorld, type World } from "../world";
import { calls, lifecycleCatalog, plan } from "./catalog";

const OTHER_VERBS = [
  ...(["cancel_now", "cancel_later", "resume", "cancel_scheduled", "pause", "end_trial"] as const),
  ...(["give", "take"] as const),
];
const VERBS = ["change", ...OTHER_VERBS] as const;

/** What a step of a life draws; what of it counts depends on how the tenant stands. */
export interface Draw {
  verb: (typeof VERBS)[number];
  plan: number;
  interval: "month" | "year";
  /** Beyond what the plan includes. */
  seats: number;
  timing: "policy" | "now_prorated" | "now_full" | "at_period_end";
  settlement: "refund" | "credit" | "none";
  code: number | null;
  waitSeconds: number;
  /** What an operator gives. */
  gift: DiscountTerms;
  calls: number;
  seesRenewal: boolean;
}

const DAY = 86_400;
const PLANS = ["p0", "p1", "p2", "p3", "p4"];
const CODES = ["TEN", "HALF", "ODD", "FIVE", "TWICE"];

const drawn: fc.Arbitrary<Draw> = fc.record({
  verb: fc.oneof(
    { weight: 6, arbitrary: fc.constant("change" as const) },
    { weight: 6, arbitrary: fc.constantFrom(...OTHER_VERBS) },
  ),
  plan: fc.nat(PLANS.length - 1),
  interval: fc.oneof(
    { weight: 3, arbitrary: fc.constant("month" as const) },
    { weight: 1, arbitrary: fc.constant("year" as const) },
  ),
  seats: fc.nat(12),
  timing: fc.constantFrom("policy", "policy", "now_prorated", "now_full", "at_period_end"),
  settlement: fc.constantFrom("refund", "credit", "none"),
  code: fc.oneof({ weight: 3, arbitrary: fc.constant(null) }, { weight: 1, arbitrary: fc.nat(CODES.length - 1) }),
  waitSeconds: fc.oneof(fc.nat(3 * DAY), fc.nat(27 * DAY), fc.constant(0)),
  gift: fc.record({
    name: fc.constant("Gift"),
    off: fc.oneof(
      fc.constantFrom("5", "33.3", "100").map((percent) => ({ kind: "percent" as const, percent })),
      fc.constantFrom("1.01", "20", "3000").map((amount) => ({ kind: "amount" as const, amount })),
    ),
    duration: fc.oneof(
      fc.constantFrom("once" as const, "forever" as const).map((kind) => ({ kind })),
      fc.integer({ min: 1, max: 4 }).map((months) => ({ kind: "repeating" as const, months })),
    ),
  }),
  calls: fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.nat(400) }),
  seesRenewal: fc.nat(7).map((draw) => draw === 0),
});

const cents = fc.integer({ min: 150, max: 120_000 });
const price = (minor: number) => `${Math.floor(minor / 100)}.${String(minor % 100).padStart(2, "0")}`;

/** Plans with odd prices, from small to big; every other one is sold by the seat, one begins with a trial. */
const catalogs = fc
  .record({
    prices: fc.uniqueArray(cents, { minLength: 5, maxLength: 5 }),
    seat: cents,
    tax: fc.constantFrom("8", "8.25", "0"),
  })
  .map(({ prices, seat, tax }) =>
    lifecycleCatalog(
      prices
        .sort((a, b) => a - b)
        .map((month, index) =>
          plan(PLANS[index] ?? "", [price(month), price(month * 10 + index)], {
            allowances: [calls("100", "0.037")],
            ...(index % 2 === 1 && {
              seats: { included: index, monthlyPrice: price(seat), annualPrice: price(seat * 9 + 1), max: null },
            }),
            ...(index === 2 && { trial: { days: 14, paymentMethod: "optional" as const } }),
          }),
        ),
      { tax: { displayName: "Tax", percentage: tax } },
    ),
  );

/** What came of living. */
export interface Lived {
  /** Quotes that were committed and measured. */
  committed: number;
  /** How often each action was. */
  actions: Record<string, number>;
  /** Renewals that were compared with what a quote said of them. */
  renewals: number;
  /** Differences and surprises, each with seed, tenant, step and wish; empty is the promise. */
  failures: string[];
}

/** More are of the same kind. */
const FAILURES_MAX = 12;

/** Lives until so many quotes have been committed. */
export async function liveQuoted(options: {
  seed: number;
  cases: number;
  steps: number;
  atOnce: number;
}): Promise<Lived> {
  const { seed, cases, steps, atOnce } = options;
  const world = await createWorld();
  const lived: Lived = { committed: 0, actions: {}, renewals: 0, failures: [] };
  try {
    world.webhooks.mode = "withhold";
    const [catalog = defineCatalog(lifecycleCatalog([]))] = fc.sample(catalogs, { seed, numRuns: 1 });
    await applyCatalog(world.ctx, catalog);
    await makeCodes(world, seed);
    const lives = fc.sample(fc.array(drawn, { minLength: steps, maxLength: steps }), { seed, numRuns: cases });
    let next = 0;
    const work = async () => {
      while (lived.committed < cases && next < lives.length && lived.failures.length < FAILURES_MAX) {
        const number = next++;
        await live(world, lives[number] ?? [], { lived, name: `seed ${seed}, tenant ${number}` });
      }
    };
    await Promise.all(Array.from({ length: atOnce }, work));
    return lived;
  } finally {
    await world.close();
  }
}

async function makeCodes(world: World, seed: number): Promise<void> {
  const terms: Array<Record<string, string>> = [
    { percent_off: "10", duration: "forever" },
    { percent_off: "50", duration: "once" },
    { percent_off: "12.5", duration: "repeating", duration_in_months: "3" },
    { amount_off: "500", currency: "usd", duration: "once" },
    { amount_off: String(100 + (seed % 777)), currency: "usd", duration: "repeating", duration_in_months: "2" },
  ];
  for (const [index, term] of terms.entries()) {
    const coupon = await postToSandbox(world.sandbox.url, "coupons", { ...term, name: CODES[index] ?? "" });
    const promotion = { "promotion[type]": "coupon", "promotion[coupon]": coupon.id, code: CODES[index] ?? "" };
    await postToSandbox(world.sandbox.url, "promotion_codes", promotion);
  }
}

interface Life {
  lived: Lived;
  name: string;
}

async function live(world: World, draws: Draw[], life: Life): Promise<void> {
  const tenant = await world.tenant({ ownClock: true });
  const story: string[] = [];
  for (const [step, draw] of draws.entries()) {
    let name = `${life.name}, step ${step}`;
    let isQuoted = false;
    try {
      await wait(world, tenant, draw.waitSeconds);
      const wish = await wishOf(world, tenant, draw);
      name = `${name}, ${JSON.stringify(wish)}`;
      const quote = await quoteSubscription(asking(world, wish), { tenantId: tenant.id, wish });
      isQuoted = true;
      story.push(storyLine(quote));
      await keep(world, tenant, quote, { ...life, name });
      if (draw.seesRenewal) await seeRenewal(world, tenant, quote, { ...life, name });
    } catch (error) {
      // A wish that makes no sense as the tenant stands is refused before anything is quoted.
      if (!isQuoted && error instanceof BillingError && REFUSALS.has(error.code)) continue;
      life.lived.failures.push(`${name}: ${explain(error)} After: ${story.join(" | ")}`);
      return;
    }
  }
}

/** A quote in a line, for who has to find out what led to a failure. */
function storyLine({ action, from, to, computedAt, dueNowMinor, nextInvoice, wish }: Quote): string {
  const sides = `${from.planKey}/${from.interval} to ${to.planKey}/${to.interval}`;
  const next = nextInvoice && `${nextInvoice.totalMinor} at ${nextInvoice.at.toISOString()}`;
  return `${computedAt.toISOString()} ${action} ${sides} ${JSON.stringify(wish)} due ${dueNowMinor} next ${next}`;
}

function explain(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (!(error instanceof BillingError)) return error.message;
  return `${error.code} ${error.message} ${explain(error.cause)} ${error.stack?.split("\n").slice(1, 8).join("") ?? ""}`;
}

const REFUSALS = new Set<string>([
  "subscription.same_plan",
  "subscription.not_cancelable",
  "subscription.already_canceled",
  "subscription.not_scheduled",
  "subscription.not_trialing",
  "subscription.paused",
  "subscription.payment_pending",
  "subscription.discount_unknown",
  "subscription.change_scheduled",
  "subscription.none",
  "promotion.unknown_code",
  "catalog.seats_not_sold",
]);

async function wait(world: World, tenant: Tenant, seconds: number): Promise<void> {
  if (seconds === 0) return;
  const clockId = tenant.stripeTestClockId;
  await world.control.advanceTo(clockId, new Date(world.clock.now(clockId).getTime() + seconds * 1000));
  await world.clock.refresh();
}

/** Discounts are the operators' to give; a tenant starts with a card that it still has to type. */
function asking({ ctx }: World, { verb }: SubscriptionWish): BillingContext {
  if (verb !== "discount") return ctx;
  return { ...ctx, actor: { kind: "operator", userId: "usr_lives", label: "lives@example.com" } };
}

async function wishOf(world: World, tenant: Tenant, draw: Draw): Promise<SubscriptionWish> {
  const { subscription, status } = await getSubscription(world.ctx, tenant.id);
  const planKey = PLANS[draw.plan] ?? "";
  const seats = draw.plan % 2 === 1 ? draw.plan + draw.seats : null;
  const promotionCode = draw.code === null ? null : (CODES[draw.code] ?? null);
  const wanted = { planKey, interval: draw.interval, seats, promotionCode };
  if (subscription === null) return subscriptionWishSchema.parse({ verb: "start", ...wanted });
  if (status === "paused") return { verb: "unpause" };
  switch (draw.verb) {
    case "change":
      return { verb: "change", ...wanted, timing: draw.timing };
    case "cancel_now":
      await use(world, tenant, draw.calls);
      return subscriptionWishSchema.parse({ verb: "cancel", when: "now", settlement: draw.settlement });
    case "cancel_later":
      return subscriptionWishSchema.parse({ verb: "cancel", when: "at_period_end" });
    case "give":
      return { verb: "discount", give: draw.gift, take: null };
    case "take":
      return { verb: "discount", give: null, take: subscription.discounts[0]?.stripeDiscountId ?? "di_none" };
    default:
      return { verb: draw.verb };
  }
}

async function use(world: World, tenant: Tenant, quantity: number): Promise<void> {
  if (quantity === 0) return;
  const report = { tenantId: tenant.id, meterKey: "call", quantity: String(quantity) };
  await recordUsage(world.ctx, { ...report, unit: null, metadata: {}, key: null });
}

async function moneyOf(world: World, tenant: Tenant): Promise<{ keptMinor: bigint; balanceMinor: bigint }> {
  const { stripeCustomerId } = await getTenant(world.ctx, tenant.id);
  if (stripeCustomerId === null) return { keptMinor: 0n, balanceMinor: 0n };
  const { stripe } = world.ctx;
  const [payments, customer] = [
    await stripe.listPayments(stripeCustomerId),
    await stripe.fetchCustomer(stripeCustomerId),
  ];
  const paid = payments.filter(({ status }) => status === "succeeded");
  const keptMinor = paid.reduce(
    (sum, { amountMinor, amountRefundedMinor }) => sum + amountMinor - amountRefundedMinor,
    0n,
  );
  return { keptMinor, balanceMinor: customer?.balanceMinor ?? 0n };
}

async function keep(world: World, tenant: Tenant, quote: Quote, { lived, name }: Life): Promise<void> {
  const before = await moneyOf(world, tenant);
  const paymentMethodId = quote.wish.verb === "start" ? "pm_card_visa" : null;
  const call = { requestId: world.requestId(), reason: "Lived in a test", canConfirm: false, paymentMethodId };
  const changed = await commitQuote(asking(world, quote.wish), { tenantId: tenant.id, quoteId: quote.id, ...call });
  const after = await moneyOf(world, tenant);
  const waits = quote.action === "pause";
  const moved = {
    kept: after.keptMinor - before.keptMinor,
    balance: after.balanceMinor - before.balanceMinor,
    told: changed.chargedNowMinor,
  };
  // A pause leaves its credit waiting for the resumption; everything else moves at once.
  const gives = quote.creditMinor + quote.refundMinor;
  const promised = {
    kept: quote.dueNowMinor - quote.refundMinor,
    balance: waits ? 0n : quote.balanceAppliedMinor + quote.carriedMinor - quote.creditMinor,
    told: waits ? 0n : gives > 0n ? -gives : quote.dueNowMinor,
  };
  const difference = (Object.keys(moved) as Array<keyof typeof moved>).filter((key) => moved[key] !== promised[key]);
  if (difference.length > 0) {
    const both = difference.map((key) => `${key} ${moved[key]} instead of ${promised[key]}`).join(", ");
    throw new Error(`${name}: ${both}. ${describeQuote(quote)}`);
  }
  addsUp(quote, name);
  lived.committed += 1;
  lived.actions[quote.action] = (lived.actions[quote.action] ?? 0) + 1;
}

/** The sum of the parts is the whole. */
function addsUp(quote: Quote, name: string): void {
  const lines = quote.lines.reduce((sum, line) => sum + line.amountMinor, 0n);
  const total = quote.subtotalMinor - quote.discountMinor + quote.tax.amountMinor;
  const now = quote.dueNowMinor + quote.balanceAppliedMinor + quote.carriedMinor;
  const settled = now - quote.creditMinor - quote.refundMinor;
  if (lines !== quote.subtotalMinor || total !== quote.totalMinor || settled !== quote.totalMinor) {
    throw new Error(`${name}: does not add up. ${describeQuote(quote)}`);
  }
}

function describeQuote(quote: Quote): string {
  return JSON.stringify(quote, (_key, value: unknown) => (typeof value === "bigint" ? Number(value) : value));
}

/** Waits for the renewal that the quote spoke of, and compares. */
async function seeRenewal(world: World, tenant: Tenant, quote: Quote, { lived }: Life): Promise<void> {
  const { stripeCustomerId, stripeTestClockId } = await getTenant(world.ctx, tenant.id);
  if (quote.nextInvoice === null || stripeCustomerId === null || quote.action === "pause") return;
  const to = new Date(quote.nextInvoice.at.getTime() + 2 * 3_600_000);
  await world.control.advanceTo(stripeTestClockId, to);
  await world.clock.refresh();
  const invoices = await world.ctx.stripe.listInvoices(stripeCustomerId);
  const at = quote.nextInvoice.at.getTime();
  const came = invoices.filter((invoice) => Math.abs(invoice.createdAt.getTime() - at) < 3_600_000);
  const totalMinor = came.reduce((sum, invoice) => sum + invoice.totalMinor, 0n);
  if (came.length === 0 || totalMinor !== quote.nextInvoice.totalMinor) {
    const told = came.map(({ billingReason, createdAt, lines }) => [
      billingReason,
      createdAt,
      lines.map((l) => `${l.description} ${l.amountMinor}`),
    ]);
    throw new Error(`then came ${totalMinor}: ${JSON.stringify(told)}. ${describeQuote(quote)}`);
  }
  lived.renewals += 1;
}
