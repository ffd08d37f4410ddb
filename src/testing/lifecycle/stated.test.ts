/**
 * What Stripe's documentation states of ends, intervals, anchors, trials and quantities, asked for by our own wishes: each
 * case begins on 31 January, so that its first month has 28 days, and wishes on 10 February, with 18 of them left.
 */
import { expect, it } from "vitest";
import { commitQuote, getSubscription, quoteSubscription, subscriptionWishSchema } from "@/billing/subscriptions";
import { createTenant, getTenant, type Tenant } from "@/billing/tenants";
import { shareWorld } from "../world";
import { SMALL_CATALOG } from "./catalog";

const world = shareWorld({ catalog: SMALL_CATALOG });

const START_AT = "2026-01-31T10:00:00Z";
const WISH_AT = "2026-02-10T10:00:00Z";

/** Commits a wish as it was quoted. */
async function wish({ id: tenantId }: Tenant, wanted: object) {
  const input = { tenantId, wish: subscriptionWishSchema.parse(wanted) };
  const quote = await quoteSubscription(world.ctx, input);
  const paymentMethodId = quote.wish.verb === "start" ? "pm_card_visa" : null;
  const call = { requestId: world.requestId(), reason: "The documentation says so", canConfirm: false };
  await commitQuote(world.ctx, { ...call, tenantId, quoteId: quote.id, paymentMethodId });
  await world.drain();
  return quote;
}

/** A tenant that started on 31 January and lives on 10 February. */
async function begun(start: object): Promise<Tenant> {
  const stripeTestClockId = await world.control.createTestClock("stated", new Date(START_AT));
  await world.clock.refresh();
  const words = { name: "Stated", billingEmail: "stated@fact.example", stripeTestClockId };
  const { id } = await createTenant(world.ctx, words);
  const tenant = await getTenant(world.ctx, id);
  await wish(tenant, { verb: "start", interval: "month", ...start });
  await world.advance(new Date(WISH_AT), tenant);
  return tenant;
}

/** Minor units that cards paid, that went back, and the balance (negative: credit). */
async function moneyOf(tenant: Tenant): Promise<string> {
  const { stripeCustomerId } = await getTenant(world.ctx, tenant.id);
  const payments = await world.ctx.stripe.listPayments(stripeCustomerId ?? "");
  const customer = await world.ctx.stripe.fetchCustomer(stripeCustomerId ?? "");
  const sum = (values: bigint[]) => values.reduce((total, value) => total + value, 0n);
  const paid = sum(payments.map(({ amountMinor }) => amountMinor));
  const back = sum(payments.map(({ amountRefundedMinor }) => amountRefundedMinor));
  return `paid ${paid} back ${back} balance ${customer?.balanceMinor}`;
}

const dayOf = (at: Date | null | undefined) => at?.toISOString().slice(0, 10) ?? "none";

async function periodOf(tenant: Tenant): Promise<string> {
  const { planKey, subscription } = await getSubscription(world.ctx, tenant.id);
  if (subscription === null) return planKey;
  const { anchorAt, currentPeriodStartAt, currentPeriodEndAt } = subscription;
  return `${planKey} ${dayOf(currentPeriodStartAt)} to ${dayOf(currentPeriodEndAt)} from ${dayOf(anchorAt)}`;
}

const solo = { planKey: "solo" };
const team = { planKey: "team" };
const trial = { planKey: "company" };
const year = { planKey: "solo", interval: "year" };
const now = (settlement: string) => ({ verb: "cancel", when: "now", settlement });

/** What was started, what was then wished (null: nothing), and how money and the running period stand. */
interface Case {
  name: string;
  start: object;
  wanted: object | null;
  money: string;
  period: string;
}

// Solo is 20.52 with its tax; 18 of 28 days of it are 12.21 and 0.98 tax, rounded line by line. Of Team they are 64.29.
const WISHES: Case[] = [
  {
    name: "an end now gives back",
    start: solo,
    wanted: now("refund"),
    money: "paid 2052 back 1319 balance 0",
    period: "free",
  },
  {
    name: "an end now keeps as credit",
    start: solo,
    wanted: now("credit"),
    money: "paid 2052 back 0 balance -1319",
    period: "free",
  },
  {
    name: "an end now settles nothing",
    start: solo,
    wanted: now("none"),
    money: "paid 2052 back 0 balance 0",
    period: "free",
  },
  {
    ...{
      name: "an end at the period's end moves nothing",
      start: solo,
      wanted: { verb: "cancel", when: "at_period_end" },
    },
    ...{ money: "paid 2052 back 0 balance 0", period: "solo 2026-01-31 to 2026-02-28 from 2026-01-31" },
  },
  {
    // 64.29 − 12.21 = 52.08, tax 5.14 − 0.98.
    ...{ name: "a prorated upgrade keeps the anchor", start: solo, wanted: { verb: "change", planKey: "team" } },
    ...{ money: "paid 7676 back 0 balance 0", period: "team 2026-01-31 to 2026-02-28 from 2026-01-31" },
  },
  {
    name: "a full upgrade begins at once, and nothing is credited",
    ...{ start: solo, wanted: { verb: "change", planKey: "team", timing: "now_full" } },
    ...{ money: "paid 12852 back 0 balance 0", period: "team 2026-02-10 to 2026-03-10 from 2026-02-10" },
  },
  {
    // 190.00 − 12.21 = 177.79, tax 15.20 − 0.98.
    ...{ name: "a year begins now, less the month's rest", start: solo, wanted: { verb: "change", interval: "year" } },
    ...{ money: "paid 21253 back 0 balance 0", period: "solo 2026-02-10 to 2027-02-10 from 2026-02-10" },
  },
  {
    // Two of 20.00 for 18 of 28 days: 25.71, tax 2.06.
    ...{ name: "more seats keep the anchor", start: team, wanted: { verb: "change", seats: 7 } },
    ...{ money: "paid 13577 back 0 balance 0", period: "team 2026-01-31 to 2026-02-28 from 2026-01-31" },
  },
  {
    name: "fewer seats at once become credit",
    ...{ start: { ...team, seats: 7 }, wanted: { verb: "change", seats: 5, timing: "now_prorated" } },
    ...{ money: "paid 15120 back 0 balance -2777", period: "team 2026-01-31 to 2026-02-28 from 2026-01-31" },
  },
  {
    ...{ name: "a trial that is ended begins its first paid month", start: trial, wanted: { verb: "end_trial" } },
    ...{ money: "paid 54000 back 0 balance 0", period: "company 2026-02-10 to 2026-03-10 from 2026-02-10" },
  },
];

it.each(WISHES)("on 10 February $name", async ({ start, wanted, money, period }) => {
  const tenant = await begun(start);
  if (wanted !== null) await wish(tenant, wanted);
  expect([await moneyOf(tenant), await periodOf(tenant)]).toEqual([money, period]);
});

const LATER: Array<Case & { until: string }> = [
  {
    name: "an upgrade renews on the last of February and then on the 31st",
    ...{ start: solo, wanted: { verb: "change", planKey: "team" }, until: "2026-04-01T00:00:00Z" },
    ...{ money: "paid 29276 back 0 balance 0", period: "team 2026-03-31 to 2026-04-30 from 2026-01-31" },
  },
  {
    ...{ name: "a scheduled end is the free plan", start: solo, wanted: { verb: "cancel", when: "at_period_end" } },
    ...{ until: "2026-03-01T00:00:00Z", money: "paid 2052 back 0 balance 0", period: "free" },
  },
  {
    ...{ name: "a trial's end is the anchor of its months", start: trial, wanted: null, until: "2026-03-15T00:00:00Z" },
    ...{ money: "paid 108000 back 0 balance 0", period: "company 2026-03-14 to 2026-04-14 from 2026-02-14" },
  },
  {
    ...{ name: "a year from the 31st ends on the 31st", start: year, wanted: null, until: "2027-02-01T00:00:00Z" },
    ...{ money: "paid 41040 back 0 balance 0", period: "solo 2027-01-31 to 2028-01-31 from 2026-01-31" },
  },
];

it.each(LATER)("in time $name", async ({ start, wanted, until, money, period }) => {
  const tenant = await begun(start);
  if (wanted !== null) await wish(tenant, wanted);
  await world.advance(new Date(until), tenant);
  expect([await moneyOf(tenant), await periodOf(tenant)]).toEqual([money, period]);
});

it("a scheduled end was asked for on one day and came on another", async () => {
  const tenant = await begun(solo);
  const { subscription } = await getSubscription(world.ctx, tenant.id);
  await wish(tenant, { verb: "cancel", when: "at_period_end" });
  await world.advance(new Date("2026-03-01T00:00:00Z"), tenant);
  const ended = await world.ctx.stripe.fetchSubscription(subscription?.stripeSubscriptionId ?? "");
  expect([ended?.canceledAt, ended?.endedAt]).toEqual([new Date(WISH_AT), new Date("2026-02-28T10:00:00Z")]);
});
