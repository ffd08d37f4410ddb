/**
 * Quotes at the edges of a period: taken before and kept behind it, at the very second, while the renewal's invoice is a
 * draft, beside a schedule's turn, a trial's end, and on 29 February. A quote is kept to the cent, or refused and the fresh
 * one is kept to the cent; nobody pays for a time, a plan or an overage twice, and nobody is given what was never paid.
 */
import { expect, it } from "vitest";
import { BillingError } from "@/billing/kernel/errors";
import { commitQuote, getSubscription, quoteSubscription, subscriptionWishSchema } from "@/billing/subscriptions";
import { findQuote } from "@/billing/subscriptions/store-quotes";
import { createTenant, getTenant, type Tenant } from "@/billing/tenants";
import { recordUsage } from "@/billing/usage";
import { shareWorld } from "../world";
import { SMALL_CATALOG } from "./catalog";
import { expectRowsAsAtStripe } from "./picture";

const world = shareWorld({ catalog: SMALL_CATALOG });

/** A life that begins on a day, the wish it is quoted and when, and what comes of committing that later. */
interface Edge {
  begins: string;
  start: object;
  /** Carried out before, at a time. */
  before?: [at: string, wanted: object];
  quoted: string;
  wanted: object;
  committed: string;
}

/** What it was due, and credited or refunded; behind an arrow what the fresh quote says that is kept instead, or why none. */
type Promised = string;
/** Plan and period when an hour has passed, what cards paid less what went back, and credit. */
type Ends = string;

const SOLO = { begins: "2026-01-15T10:00:00Z", start: { planKey: "solo" } };
const TEAM = { ...SOLO, start: { planKey: "team" } };
const TRIAL = { ...SOLO, start: { planKey: "company" } };
const LEAP = { ...SOLO, begins: "2028-01-31T10:00:00Z" };
const LEAP_YEAR = { begins: "2028-02-29T10:00:00Z", start: { planKey: "solo", interval: "year" } };

const END = "2026-02-15T10:00:00Z";
/** When it is quoted and when committed. */
const OVER = { quoted: "2026-02-15T09:59:55Z", committed: "2026-02-15T10:00:05Z" };
const LAST = { quoted: "2026-02-15T09:59:55Z", committed: "2026-02-15T09:59:59Z" };
const AT_END = { quoted: END, committed: END };
const DRAFT = { quoted: "2026-02-15T10:29:00Z", committed: "2026-02-15T10:30:00Z" };
const ISSUED = { quoted: "2026-02-15T10:55:00Z", committed: "2026-02-15T11:05:00Z" };
const TRIAL_OVER = { quoted: "2026-01-29T09:59:55Z", committed: "2026-01-29T10:00:05Z" };
const TRIAL_LAST = { quoted: "2026-01-29T09:59:55Z", committed: "2026-01-29T09:59:59Z" };
const TRIAL_DRAFT = { quoted: "2026-01-29T10:30:00Z", committed: "2026-01-29T10:30:00Z" };
const LEAP_OVER = { quoted: "2028-02-29T09:59:55Z", committed: "2028-02-29T10:00:05Z" };
const LEAP_LAST = { quoted: "2028-02-29T09:59:59Z", committed: "2028-02-29T09:59:59Z" };

const up = { wanted: { verb: "change", planKey: "team" } };
const higher = { wanted: { verb: "change", planKey: "company" } };
const down = { wanted: { verb: "change", planKey: "solo" } };
const downNow = { wanted: { verb: "change", planKey: "solo", timing: "now_prorated" } };
const full = { wanted: { verb: "change", planKey: "team", timing: "now_full" } };
const year = { wanted: { verb: "change", interval: "year" } };
const leave = { wanted: { verb: "cancel", when: "at_period_end" } };
const end = { wanted: { verb: "cancel", when: "now", settlement: "refund" } };
const endForNothing = { wanted: { verb: "cancel", when: "now", settlement: "none" } };
const pause = { wanted: { verb: "pause" } };
const resume = { wanted: { verb: "resume" } };
const withdraw = { wanted: { verb: "cancel_scheduled" } };
const endTrial = { wanted: { verb: "end_trial" } };
const turns = { before: ["2026-02-01T10:00:00Z", { verb: "change", planKey: "solo" }] as [string, object] };
const leaves = { before: ["2026-02-01T10:00:00Z", { verb: "cancel", when: "at_period_end" }] as [string, object] };

// Everybody makes 120 calls at first. A month of Solo is 20.52 and renews with 20 of them for 31.32, one of Team is 108.00
// and 118.80. A whole period's difference is 87.48. Company includes 1,000 calls, and is 540.00.
const FEBRUARY = "2026-02-15 to 2026-03-15";
const EDGES: Array<[name: string, edge: Edge, promised: Promised, ends: Ends]> = [
  // Four seconds of it are not worth a cent; the draft is charged beside the change.
  ["an upgrade in the last seconds", { ...SOLO, ...up, ...LAST }, "due 0", `team ${FEBRUARY}, kept 13932`],
  ["an upgrade over the end", { ...SOLO, ...up, ...OVER }, "due 0 → due 8748", `team ${FEBRUARY}, kept 13932`],
  ["an upgrade at the end", { ...SOLO, ...up, ...AT_END }, "due 8748", `team ${FEBRUARY}, kept 13932`],
  ["an upgrade beside a draft", { ...SOLO, ...up, ...DRAFT }, "due 8741", `team ${FEBRUARY}, kept 13925`],
  ["an upgrade while the draft is issued", { ...SOLO, ...up, ...ISSUED }, "due 8736", `team ${FEBRUARY}, kept 13920`],
  ["a full upgrade beside a draft", { ...SOLO, ...full, ...DRAFT }, "due 10800", `team ${FEBRUARY}, kept 15984`],
  [
    "a year over the end",
    { ...SOLO, ...year, ...OVER },
    "due 20520 → due 18468",
    "solo 2026-02-15 to 2027-02-15, kept 23652",
  ],
  [
    "a downgrade over the end",
    { ...TEAM, ...down, ...OVER },
    "due 0 → due 0",
    `team ${FEBRUARY} then solo, kept 22680`,
  ],
  // 18.99 − 99.93, tax 1.52 − 7.99; the draft of 118.80 uses the credit.
  [
    "a downgrade beside a draft",
    { ...TEAM, ...downNow, ...DRAFT },
    "due 0 credit 8741",
    `solo ${FEBRUARY}, kept 13939`,
  ],

  ["an end with the period, over it", { ...SOLO, ...leave, ...OVER }, "due 0 → due 0", `solo ${FEBRUARY}, kept 5184`],
  ["an end with the period, in its last seconds", { ...SOLO, ...leave, ...LAST }, "due 0", "free, kept 3132"],
  [
    "a resumption in the last seconds",
    { ...SOLO, ...leaves, ...resume, ...LAST },
    "due 0",
    `solo ${FEBRUARY}, kept 5184`,
  ],
  [
    "a resumption over the end",
    { ...SOLO, ...leaves, ...resume, ...OVER },
    "due 0 → subscription.none",
    "free, kept 3132",
  ],

  // The draft would never be collected, and January was used: neither may be given away.
  ["an end now in the last seconds", { ...SOLO, ...end, ...LAST }, "due 1080", "free, kept 3132"],
  [
    "an end now over the end",
    { ...SOLO, ...end, ...OVER },
    "due 1080 → subscription.payment_pending",
    `solo ${FEBRUARY}, kept 5184`,
  ],
  [
    "an end now beside a draft",
    { ...SOLO, ...end, ...DRAFT },
    "subscription.payment_pending",
    `solo ${FEBRUARY}, kept 5184`,
  ],
  [
    "an end for nothing beside a draft",
    { ...SOLO, ...endForNothing, ...DRAFT },
    "subscription.payment_pending",
    `solo ${FEBRUARY}, kept 5184`,
  ],
  // 65 minutes are used: 18.97 and tax 1.52 of 31.32 go back.
  [
    "an end now once the draft is paid",
    { ...SOLO, ...end, quoted: "2026-02-15T11:05:00Z", committed: "2026-02-15T11:05:00Z" },
    "due 0 refund 2049",
    "free, kept 3135",
  ],
  [
    "a pause beside a draft",
    { ...SOLO, ...pause, ...DRAFT },
    "due 0 credit 2051",
    `solo paused ${FEBRUARY}, kept 5184`,
  ],

  [
    "an upgrade over a schedule's turn",
    { ...TEAM, ...turns, ...higher, ...OVER },
    "due 0 → due 51948",
    `company ${FEBRUARY}, kept 65880`,
  ],
  [
    "a withdrawal in a schedule's last seconds",
    { ...TEAM, ...turns, ...withdraw, ...LAST },
    "due 0",
    `team ${FEBRUARY}, kept 22680`,
  ],
  [
    "a withdrawal over a schedule's turn",
    { ...TEAM, ...turns, ...withdraw, ...OVER },
    "due 0 → subscription.not_scheduled",
    `solo ${FEBRUARY}, kept 13932`,
  ],

  [
    "a trial ended in its last seconds",
    { ...TRIAL, ...endTrial, ...TRIAL_LAST },
    "due 54000",
    "company 2026-01-29 to 2026-02-28, kept 54000",
  ],
  [
    "a trial ended over its end",
    { ...TRIAL, ...endTrial, ...TRIAL_OVER },
    "due 54000 → subscription.not_trialing",
    "company 2026-01-29 to 2026-02-28, kept 54000",
  ],
  // Company's 20 included seats are 15 more than Team's: 400.00 and 20 calls.
  [
    "a step down in a trial's last seconds",
    { ...TRIAL, ...up, ...TRIAL_LAST },
    "due 0",
    "team 2026-01-29 to 2026-02-28, kept 44280",
  ],
  [
    "a step down over a trial's end",
    { ...TRIAL, ...up, ...TRIAL_OVER },
    "due 0 → due 0",
    "company 2026-01-29 to 2026-02-28 then team, kept 54000",
  ],
  ["an end in a trial's last seconds", { ...TRIAL, ...end, ...TRIAL_LAST }, "due 0", "free, kept 0"],
  [
    "an end beside a trial's draft",
    { ...TRIAL, ...end, ...TRIAL_DRAFT },
    "subscription.payment_pending",
    "company 2026-01-29 to 2026-02-28, kept 54000",
  ],

  [
    "an upgrade in the last second of 29 February",
    { ...LEAP, ...up, ...LEAP_LAST },
    "due 0",
    "team 2028-02-29 to 2028-03-31, kept 13932",
  ],
  [
    "an upgrade over 29 February",
    { ...LEAP, ...up, ...LEAP_OVER },
    "due 0 → due 8748",
    "team 2028-02-29 to 2028-03-31, kept 13932",
  ],
  // An hour of the month is left: 0.03. The month's 20 calls come on an invoice of their own.
  [
    "a year from 29 February",
    { ...LEAP, ...year, quoted: "2028-02-29T09:00:00Z", committed: "2028-02-29T09:10:00Z" },
    "due 20517",
    "solo 2028-02-29 to 2029-02-28, kept 23649",
  ],
  [
    "an upgrade over a year from 29 February",
    { ...LEAP_YEAR, ...up, quoted: "2029-02-28T09:59:55Z", committed: "2029-02-28T10:00:05Z" },
    "due 0 → due 87480",
    "team 2029-02-28 to 2030-02-28, kept 129600",
  ],
];

it.each(EDGES)("%s", { timeout: 120_000 }, async (_name, edge, promised, ends) => {
  const tenant = await begin(edge);
  await walk(tenant, edge.quoted);
  const told = await keep(tenant, edge);
  expect(told).toBe(promised);
  await walk(tenant, new Date(Date.parse(edge.committed) + 2 * 3_600_000).toISOString());
  expect(await standingOf(tenant)).toBe(ends);
});

async function begin({ begins, start, before }: Edge): Promise<Tenant> {
  const stripeTestClockId = await world.control.createTestClock("edge", new Date(begins));
  await world.clock.refresh();
  const words = { name: "Edge", billingEmail: "edge@period.example", stripeTestClockId };
  const tenant = await createTenant(world.ctx, words);
  await commit(tenant, await quote(tenant, { verb: "start", interval: "month", ...start }), "pm_card_visa");
  const report = { tenantId: tenant.id, meterKey: "call", quantity: "120", unit: null, metadata: {}, key: null };
  await recordUsage(world.ctx, report);
  if (before === undefined) return tenant;
  await walk(tenant, before[0]);
  await commit(tenant, await quote(tenant, before[1]));
  return tenant;
}

async function walk(tenant: Tenant, at: string): Promise<void> {
  if (world.clock.now(tenant.stripeTestClockId) < new Date(at)) await world.advance(new Date(at), tenant);
}

async function quote({ id: tenantId }: Tenant, wanted: object): Promise<string> {
  return (await quoteSubscription(world.ctx, { tenantId, wish: subscriptionWishSchema.parse(wanted) })).id;
}

/** Commits a quote and holds every cent that moved against it. */
async function commit(tenant: Tenant, quoteId: string, paymentMethodId: string | null = null): Promise<void> {
  const stored = await findQuote(world.db.prisma, tenant.id, quoteId);
  const before = await moneyOf(tenant);
  const call = { tenantId: tenant.id, requestId: world.requestId(), reason: "At an edge", canConfirm: false };
  await commitQuote(world.ctx, { ...call, quoteId, paymentMethodId });
  const after = await moneyOf(tenant);
  const { dueNowMinor = 0n, refundMinor = 0n } = stored?.quote ?? {};
  expect(after.keptMinor - before.keptMinor).toBe(dueNowMinor - refundMinor);
  await world.drain();
}

/** Quotes, waits, commits; follows a stale quote to its fresh one. Returns what was promised on the way. */
async function keep(tenant: Tenant, edge: Edge): Promise<Promised> {
  const told: string[] = [];
  try {
    const quoteId = await quote(tenant, edge.wanted);
    told.push(await promiseOf(tenant, quoteId));
    await walk(tenant, edge.committed);
    await commit(tenant, quoteId);
  } catch (error) {
    if (!(error instanceof BillingError)) throw error;
    if (error.code !== "quote.stale") return [...told, error.code].join(" → ");
    const freshId = String(error.details.quoteId);
    told.push(await promiseOf(tenant, freshId));
    await commit(tenant, freshId);
  }
  return told.join(" → ");
}

async function promiseOf(tenant: Tenant, quoteId: string): Promise<string> {
  const stored = await findQuote(world.db.prisma, tenant.id, quoteId);
  const { dueNowMinor, creditMinor, refundMinor } = stored?.quote ?? {};
  return `due ${dueNowMinor}${creditMinor ? ` credit ${creditMinor}` : ""}${refundMinor ? ` refund ${refundMinor}` : ""}`;
}

async function moneyOf(tenant: Tenant): Promise<{ keptMinor: bigint; balanceMinor: bigint }> {
  const { stripeCustomerId } = await getTenant(world.ctx, tenant.id);
  const payments = stripeCustomerId === null ? [] : await world.ctx.stripe.listPayments(stripeCustomerId);
  const customer = stripeCustomerId === null ? null : await world.ctx.stripe.fetchCustomer(stripeCustomerId);
  const paid = payments.filter(({ status }) => status === "succeeded");
  const kept = paid.map(({ amountMinor, amountRefundedMinor }) => amountMinor - amountRefundedMinor);
  return { keptMinor: kept.reduce((sum, part) => sum + part, 0n), balanceMinor: customer?.balanceMinor ?? 0n };
}

const dayOf = (at: Date) => at.toISOString().slice(0, 10);

/** After the draft has been charged; nothing may be left uncollected. */
async function standingOf(tenant: Tenant): Promise<Ends> {
  await expectRowsAsAtStripe(world, tenant);
  const { planKey, status, scheduled, subscription } = await getSubscription(world.ctx, tenant.id);
  const { stripeCustomerId } = await getTenant(world.ctx, tenant.id);
  const invoices = await world.ctx.stripe.listInvoices(stripeCustomerId ?? "");
  expect(invoices.filter((invoice) => invoice.status === "draft" || invoice.status === "open")).toEqual([]);
  const { currentPeriodStartAt: from, currentPeriodEndAt: to } = subscription ?? {};
  const period = from && to ? ` ${dayOf(from)} to ${dayOf(to)}` : "";
  const { keptMinor, balanceMinor } = await moneyOf(tenant);
  const state = `${planKey}${status === "active" ? "" : ` ${status}`}${period}`;
  const next = scheduled ? ` then ${scheduled.planKey}` : "";
  return `${state}${next}, kept ${keptMinor}${balanceMinor === 0n ? "" : `, balance ${balanceMinor}`}`;
}
