/**
 * The charge that a link's holder asked for, promised before Stripe is asked and finished after an interruption.
 *
 * Owns which way the bank is asked: first as for a card whose holder answered when it was saved, so that nobody answers
 * twice; only a bank that insists is handed to the browser, on the very payment that the invoice has. Refuses to charge an
 * invoice that is no longer to be paid, whoever paid it.
 */
import type { InvoiceRecord } from "@/stripe/gateway";
import type { BillingContext } from "../context";
import { syncInvoice } from "../invoices";
import { BillingError, invariant } from "../kernel/errors";
import { carryOut, type Promised } from "../operations";
import { getTenant, type Tenant } from "../tenants";
import { followInvoice } from "./follow-invoice";
import type { TellTenant } from "./notice";
import { appendEvent, lockCase } from "./store";

/** The kind of promise that a payment by link is. */
export const PAY_BY_LINK_OPERATION = "dunning.pay_by_link";
const REASON = "Paid by the link of a letter";

/** What is charged to what. */
export interface LinkCharge {
  caseId: string;
  stripeInvoiceId: string;
  stripePaymentMethodId: string;
}

/** Tries to collect with this card, once per request. Returns whether the bank asks the cardholder first. */
export async function collectByLink(
  ctx: BillingContext,
  tenant: Tenant,
  requestId: string,
  charge: LinkCharge,
): Promise<boolean> {
  return (await perform(ctx, tenant, requestId, async () => charge)).outcome.wantsBrowser;
}

/** Finishes a payment that a crash interrupted, although whoever asked for it may have left the page. */
export async function keepPayByLink(
  ctx: BillingContext,
  tell: TellTenant,
  promise: { tenantId: string; requestId: string },
): Promise<void> {
  const tenant = await getTenant(ctx, promise.tenantId);
  const { plan } = await perform(ctx, tenant, promise.requestId, () => {
    invariant(false, "an interrupted payment has a stored plan");
  });
  await convergeCase(ctx, tell, tenant, plan.stripeInvoiceId);
}

/** Brings invoice and case to what Stripe has at this moment. Returns the invoice; null when Stripe knows none. */
export async function convergeCase(
  ctx: BillingContext,
  tell: TellTenant,
  tenant: Tenant,
  stripeInvoiceId: string,
): Promise<InvoiceRecord | null> {
  const sourceAt = ctx.clock.now(tenant.stripeTestClockId);
  const record = await ctx.stripe.fetchInvoice(stripeInvoiceId);
  if (record === null) return null;
  await syncInvoice(ctx, record, { actor: ctx.actor, reason: REASON, sourceAt });
  await followInvoice(ctx, tell, { tenant, record });
  return record;
}

/** Whether there is something to pay. */
export function isPayable(record: InvoiceRecord | null): boolean {
  return record?.status === "open" || record?.status === "uncollectible";
}

function perform(ctx: BillingContext, tenant: Tenant, requestId: string, decide: () => Promise<LinkCharge>) {
  const now = ctx.clock.now(tenant.stripeTestClockId);
  const request = { tenantId: tenant.id, requestId, reason: REASON, kind: PAY_BY_LINK_OPERATION, now } as const;
  return carryOut<LinkCharge, { wantsBrowser: boolean }, null>(ctx, request, {
    decide,
    act: async (promised) => ({ outcome: { wantsBrowser: await ask(ctx, promised) }, facts: null }),
    record: async (tx, { plan: { caseId, stripeInvoiceId } }) => {
      await lockCase(tx, stripeInvoiceId);
      const event = { tenantId: tenant.id, caseId, occurredAt: now, kind: "retried" as const };
      await appendEvent(tx, { ...event, actor: ctx.actor, reason: REASON });
    },
  });
}

/** Charges; returns whether the bank wants the cardholder, whose browser then finds the question on the payment. */
async function ask(ctx: BillingContext, { id, plan }: Promised<LinkCharge>): Promise<boolean> {
  // An earlier try of this request may have paid long ago: Stripe forgets its keys after a day.
  if (!isPayable(await ctx.stripe.fetchInvoice(plan.stripeInvoiceId))) return false;
  return (await isAsked(ctx, plan, false, `${id}:charge`)) && isAsked(ctx, plan, true, `${id}:ask`);
}

async function isAsked(
  ctx: BillingContext,
  { stripeInvoiceId, stripePaymentMethodId }: LinkCharge,
  onSession: boolean,
  key: string,
): Promise<boolean> {
  try {
    await ctx.stripe.payInvoice(stripeInvoiceId, { stripePaymentMethodId, onSession }, key);
    return false;
  } catch (error) {
    if (error instanceof BillingError && error.code === "payment.authentication_required") return true;
    throw error;
  }
}
