/** Everything about a tenant's subscription that two tenants with the same life must share, on both sides. */

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
