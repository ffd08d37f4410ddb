/** Everything about a tenant's subscription that two tenants with the same life must share, on both sides. */

import { expect } from "vitest";
import { getSubscription, listSubscriptionChanges } from "@/billing/subscriptions";
import { getTenant, type Tenant } from "@/billing/tenants";
import { getUsage } from "@/billing/usage";
import type { World } from "../world";

/** What Stripe and our rows say; ids and times of day are left out. */
export async function pictureOf(world: World, { id: tenantId }: Tenant) {
  await world.drain();
  const { ctx, db } = world;
  const tenant = await getTenant(ctx, tenantId);
  const current = await getSubscription(ctx, tenantId);
  const changes = await listSubscriptionChanges(ctx, tenantId, 100);
  const operations = await db.prisma.operation.findMany({ where: { tenantId }, orderBy: { createdAt: "asc" } });
  const { planKey, status, interval, priceMinor, cancelAtPeriodEnd, trialTaken } = current;
  return {
    stripe: await atStripe(world, tenant.stripeCustomerId),
    rows: {
      ...{ planKey, status, interval, priceMinor, cancelAtPeriodEnd, trialTaken },
      scheduled: current.scheduled && { ...current.scheduled, at: null },
      seats: current.subscription?.seats ?? null,
      usage: (await getUsage(ctx, tenantId)).planKey,
      // What was taken back on the way is told by itself only when somebody looked in between.
      history: changes
        .filter(({ kind }) => kind !== "schedule_withdrawn")
        .map(({ kind, toPlanKey, amountMinor, actor }) => `${kind} ${toPlanKey} ${amountMinor} ${actor}`)
        .sort(),
      operations: operations.map(({ kind, status }) => `${kind} ${status}`).sort(),
      quotes: await db.prisma.quote.count({ where: { tenantId, operationId: { not: null } } }),
    },
  };
}

/** What there is at Stripe of a customer: no duplicates could hide here. */
async function atStripe({ ctx: { stripe } }: World, stripeCustomerId: string | null) {
  if (stripeCustomerId === null) return null;
  const living = await stripe.listLiveSubscriptions(stripeCustomerId);
  const invoices = await stripe.listInvoices(stripeCustomerId);
  const payments = await stripe.listPayments(stripeCustomerId);
  const customer = await stripe.fetchCustomer(stripeCustomerId);
  return {
    living: living.map((record) => [record.status, record.unitAmountMinor, record.seatItem?.quantity ?? 0]),
    scheduled: living.map((record) => record.schedule?.next?.items.map((item) => item.quantity) ?? null),
    invoices: invoices.map((invoice) => `${invoice.status} ${invoice.totalMinor} ${invoice.amountPaidMinor}`).sort(),
    payments: payments
      .filter((payment) => payment.status === "succeeded")
      .map((payment) => `${payment.amountMinor} back ${payment.amountRefundedMinor}`)
      .sort(),
    methods: (await stripe.listPaymentMethods(stripeCustomerId)).length,
    balanceMinor: customer?.balanceMinor ?? 0n,
  };
}

/** Words that name rows, and times that tell when a row was written rather than when something happened. */
const NAMES = /(^|[a-z])(id|Id)$|^stripe|^(sourceAt|syncedAt|closedAt|number|invoiceNumber|position)$/;

/** What Stripe changed by itself is told by the first event that arrives or by whoever looks before, and of that time. */
const FOUND = { actor: "whoever found it", reason: "Found", occurredAt: null };
const isFound = ({ actor }: { actor: string }) => actor.startsWith("webhook:") || actor === "system:refresh";

/**
 * All rows that a tenant's events lead to, without names: two tenants with the same life must share them, whatever became
 * of the events on their way.
 */
export async function rowsOf(world: World, tenant: Tenant): Promise<unknown> {
  const { prisma } = world.db;
  const where = { tenantId: tenant.id };
  const newest = await prisma.mrrMovement.findFirst({ where, orderBy: { sequence: "desc" } });
  const letters = await prisma.mailMessage.findMany({ where: { recipientTenantId: tenant.id } });
  const history = await prisma.subscriptionChange.findMany({ where, orderBy: { position: "asc" } });
  const refunds = await prisma.refund.findMany({ where, orderBy: [{ createdAt: "asc" }, { amountMinor: "asc" }] });
  const rows = {
    subscriptions: await prisma.subscription.findMany({ where, orderBy: [{ startedAt: "asc" }, { planKey: "asc" }] }),
    history: history.map((row) => (isFound(row) ? { ...row, ...FOUND } : row)),
    invoices: await prisma.invoice.findMany({ where, orderBy: { number: "asc" }, include: { lines: true } }),
    payments: await prisma.payment.findMany({ where, orderBy: [{ createdAt: "asc" }, { amountMinor: "asc" }] }),
    refunds: refunds.map((row) => (isFound(row) ? { ...row, actor: FOUND.actor } : row)),
    // A card is made before it is a customer's and knows no test clock: its time is the default clock's, which runs.
    methods: await prisma.paymentMethod.findMany({ where, orderBy: { brand: "asc" }, omit: { createdAt: true } }),
    periods: await prisma.usagePeriod.findMany({ where, orderBy: { startAt: "asc" } }),
    charges: await prisma.overageCharge.findMany({ where, orderBy: { periodStartAt: "asc" } }),
    dunning: await prisma.dunningCase.findMany({ where, orderBy: { firstFailedAt: "asc" } }),
    letters: letters.map(({ kind }) => kind).sort(),
    // Who was never told of a start and an end has counted neither.
    mrr: newest?.mrrAfterMinor ?? 0n,
    serves: [(await getSubscription(world.ctx, tenant.id)).planKey, (await getUsage(world.ctx, tenant.id)).planKey],
    unsettled: await prisma.webhookEvent.count({ where: { status: { notIn: ["projected", "ignored"] } } }),
  };
  const text = JSON.stringify(rows, (name, value: unknown) => {
    if (NAMES.test(name)) return undefined;
    return typeof value === "bigint" ? `${value}` : value;
  });
  return JSON.parse(text.replaceAll(tenant.slug, "the tenant"));
}

/** Our mirror of a tenant says of everything what Stripe says. */
export async function expectMirrorAsAtStripe(world: World, { id: tenantId }: Tenant): Promise<void> {
  const { ctx, db } = world;
  const { stripeCustomerId } = await getTenant(ctx, tenantId);
  const customer = stripeCustomerId ?? "";
  const where = { tenantId };

  const subscriptions = await db.prisma.subscription.findMany({ where });
  for (const row of subscriptions) {
    const record = await ctx.stripe.fetchSubscription(row.stripeSubscriptionId);
    expect(row).toMatchObject({
      ...pick(record, SUBSCRIPTION),
      additionalSeats: record?.seatItem?.quantity ?? 0,
      stripeScheduleId: record?.schedule?.stripeScheduleId ?? null,
      scheduledAt: record?.schedule?.next?.startsAt ?? null,
      stripePaymentMethodId: record?.defaultPaymentMethodId ?? null,
    });
  }

  const invoices = await db.prisma.invoice.findMany({ where, orderBy: { stripeInvoiceId: "asc" } });
  const theirInvoices = await ctx.stripe.listInvoices(customer);
  expect(invoices.map((row) => pick(row, INVOICE))).toEqual(byId(theirInvoices, "stripeInvoiceId", INVOICE));

  const payments = await db.prisma.payment.findMany({ where, orderBy: { stripePaymentIntentId: "asc" } });
  const theirPayments = await ctx.stripe.listPayments(customer);
  const seen = new Set(payments.map((row) => row.stripePaymentIntentId));
  // A payment that nobody tried to make yet has caused no event of interest.
  const told = theirPayments.filter(({ stripePaymentIntentId }) => seen.has(stripePaymentIntentId));
  expect(theirPayments.filter((record) => !told.includes(record) && record.status === "succeeded")).toEqual([]);
  expect(payments.map((row) => pick(row, PAYMENT))).toEqual(byId(told, "stripePaymentIntentId", PAYMENT));

  const methods = await db.prisma.paymentMethod.findMany({ where });
  const theirMethods = await ctx.stripe.listPaymentMethods(customer);
  const preferred = (await ctx.stripe.fetchCustomer(customer))?.defaultPaymentMethodId;
  expect(methods.map((row) => `${row.stripePaymentMethodId} ${row.isDefault}`).sort()).toEqual(
    theirMethods.map(({ stripePaymentMethodId: id }) => `${id} ${id === preferred}`).sort(),
  );
}

const SUBSCRIPTION = [
  ...["status", "interval", "currency", "anchorAt", "currentPeriodStartAt", "currentPeriodEndAt", "cancelAtPeriodEnd"],
  ...["cancelAt", "canceledAt", "endedAt", "trialEndAt", "pendingUpdateExpiresAt", "latestStripeInvoiceId"],
];
const INVOICE = [
  ...["stripeInvoiceId", "status", "billingReason", "subtotalMinor", "discountMinor", "taxMinor", "totalMinor"],
  ...["amountDueMinor", "amountPaidMinor", "attemptCount", "nextPaymentAttemptAt", "paidAt", "voidedAt"],
];
const PAYMENT = [
  "stripePaymentIntentId",
  "stripeInvoiceId",
  "status",
  "amountMinor",
  "amountRefundedMinor",
  "failureCode",
];

function pick(from: object | null, names: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(names.map((name) => [name, from === null ? undefined : Reflect.get(from, name)]));
}

function byId(records: readonly object[], id: string, names: readonly string[]): Array<Record<string, unknown>> {
  const picked = records.map((record) => pick(record, names));
  return picked.sort((a, b) => (String(a[id]) < String(b[id]) ? -1 : 1));
}

/** The row and Stripe's subscription say the same of what both know. */
export async function expectRowsAsAtStripe(world: World, tenant: Tenant): Promise<void> {
  const { subscription } = await getSubscription(world.ctx, tenant.id);
  if (subscription === null) return;
  const record = await world.ctx.stripe.fetchSubscription(subscription.stripeSubscriptionId);
  const { status, currentPeriodEndAt, anchorAt, cancelAtPeriodEnd, stripePriceId: _price } = record ?? {};
  const told = { status, currentPeriodEndAt, anchorAt, cancelAtPeriodEnd };
  for (const [name, value] of Object.entries(told)) {
    const ours = subscription[name as keyof typeof told];
    if (String(ours) !== String(value)) throw new Error(`${name} is ${ours} here and ${value} at Stripe.`);
  }
}
