/**
 * Closing the months that no renewal closes: the free plan's, an annual plan's, and the last one of an ended subscription.
 *
 * Also the net under the renewal: a month whose renewal draft we never heard of is billed here once Stripe can no longer be
 * holding the draft for us.
 */
import { inTransaction } from "@/db/transaction";
import type { InvoiceRecord } from "@/stripe/gateway";
import { recordAudit } from "../audit";
import type { BillingContext } from "../context";
import { BillingError } from "../kernel/errors";
import { carryOut, type Promised } from "../operations";
import { findSubscription } from "../subscriptions";
import { isLive } from "../subscriptions/rules/status";
import { getTenant, type Tenant } from "../tenants";
import { closePeriod, loadOpenPeriods, type UsagePeriod } from "../usage";
import { issueCharges } from "./issue-charges";
import { convergeInvoice } from "./sync";

/** The longest Stripe waits with a draft for an endpoint that does not answer. */
const RENEWAL_WAIT_MS = 72 * 3_600_000;

interface PeriodPlan {
  startAt: Date;
  endAt: Date;
  /** Null on the free plan. */
  stripeSubscriptionId: string | null;
  now: Date;
}

/** Closes a tenant's ended months that are ours to close and bills what they owe. Returns how many were closed. */
export async function billEndedPeriods(ctx: BillingContext, tenantId: string): Promise<number> {
  const tenant = await getTenant(ctx, tenantId);
  const now = ctx.clock.now(tenant.stripeTestClockId);
  const ended = await loadOpenPeriods(ctx.db.prisma, { tenantId, endedBy: now });
  const ours = ended.filter((period) => isOurs(period, now));
  for (const period of ours) await billPeriod(ctx, tenant, period, now);
  return ours.length;
}

function isOurs(period: UsagePeriod, now: Date): boolean {
  return period.closedBy === "clock" || now.getTime() - period.endAt.getTime() > RENEWAL_WAIT_MS;
}

async function billPeriod(ctx: BillingContext, tenant: Tenant, period: UsagePeriod, now: Date): Promise<void> {
  const { startAt, endAt, subscriptionId: stripeSubscriptionId } = period;
  const requestId = `period:${startAt.toISOString()}`;
  await carryOutPeriod(ctx, tenant, requestId, async () => ({ startAt, endAt, stripeSubscriptionId, now }));
}

/**
 * Carries out the promise to bill a month again. Its period may be closed already, so it is not found among the open ones:
 * the promise alone knows what is still owed.
 */
export async function billPromisedPeriod(ctx: BillingContext, tenantId: string, requestId: string): Promise<void> {
  const tenant = await getTenant(ctx, tenantId);
  await carryOutPeriod(ctx, tenant, requestId, () => {
    throw new BillingError("invariant", "invariant.broken", `Nobody has promised "${requestId}".`);
  });
}

async function carryOutPeriod(
  ctx: BillingContext,
  tenant: Tenant,
  requestId: string,
  decide: () => Promise<PeriodPlan>,
): Promise<void> {
  const reason = "A month of usage has ended";
  const now = ctx.clock.now(tenant.stripeTestClockId);
  const request = { tenantId: tenant.id, requestId, reason, kind: "invoice.period", now } as const;
  await carryOut<PeriodPlan, PeriodOutcome, PeriodFacts>(ctx, request, {
    decide,
    act: (operation) => act(ctx, tenant, operation),
    record: async (tx, _operation, facts, { number }) => {
      if (facts === null) return;
      const { record, sourceAt } = facts;
      await convergeInvoice(tx, ctx, record, { actor: ctx.actor, reason, sourceAt });
      const details = { number, totalMinor: Number(record.totalMinor), status: record.status };
      const target = `invoice:${record.stripeInvoiceId ?? ""}`;
      const entry = { actor: ctx.actor, action: "invoice.bill_period", target, reason, details };
      await recordAudit(tx, { tenantId: tenant.id, occurredAt: sourceAt, ...entry });
    },
  });
}

interface PeriodOutcome {
  /** Null: the month owed nothing. */
  number: string | null;
}

type PeriodFacts = { record: InvoiceRecord; sourceAt: Date } | null;

async function act(ctx: BillingContext, tenant: Tenant, { id, plan }: Promised<PeriodPlan>) {
  const close = { tenantId: tenant.id, periodStartAt: plan.startAt, operationId: id, now: plan.now };
  const charges = await inTransaction(ctx.db, (tx) => closePeriod(tx, close));
  // A month that owes less than the smallest coin is closed without an invoice of nothing.
  if (!charges.some((charge) => charge.amountMinor > 0n)) return { outcome: { number: null }, facts: null };
  const ended = charges.map((charge) => ({ ...charge, periodEndAt: plan.endAt }));
  const stripeSubscriptionId = await liveSubscription(ctx, tenant, plan.stripeSubscriptionId);
  const sourceAt = ctx.clock.now(tenant.stripeTestClockId);
  const issue = { key: id, stripeSubscriptionId, charges: ended, now: plan.now, note: null };
  const record = await issueCharges(ctx, tenant, issue);
  return { outcome: { number: record.number }, facts: { record, sourceAt } };
}

/** Stripe takes no invoice for a subscription that is over; the customer still owes it. */
async function liveSubscription(ctx: BillingContext, tenant: Tenant, id: string | null): Promise<string | null> {
  const subscription = id === null ? null : await findSubscription(ctx.db.prisma, tenant.id, id);
  return subscription && isLive(subscription.status) ? subscription.stripeSubscriptionId : null;
}
