/** Another try to collect an open invoice, with the default payment method or another one. */
import type { InvoiceRecord } from "@/stripe/gateway";
import { recordAudit } from "../audit";
import type { BillingContext } from "../context";
import { BillingError, invariant } from "../kernel/errors";
import { carryOut, interrupted } from "../operations";
import { resolveTenant, type Tenant } from "../tenants";
import { getInvoice } from "./list-invoices";
import type { InvoiceDetail, PayInvoiceInput } from "./model";
import { getInvoiceRow } from "./store";
import { convergeInvoice, syncInvoice } from "./sync";

/** Stripe keeps a key, and what was answered under it, for at least a day. */
const KEY_LIFE_MS = 23 * 3_600_000;

interface PayPlan {
  stripeInvoiceId: string;
  stripePaymentMethodId: string | null;
}

/**
 * Pays an invoice that is open. A declined card throws `declined` and leaves it open; its try is seen in the invoice.
 * Throws `invoice.not_found`, and `invoice.not_payable` for an invoice that is paid, void or still a draft.
 */
export async function payInvoice(ctx: BillingContext, input: PayInvoiceInput): Promise<InvoiceDetail> {
  const tenant = await resolveTenant(ctx, input.tenantId);
  await perform(ctx, tenant, input, () => decide(ctx, tenant, input));
  return getInvoice(ctx, { tenantId: tenant.id, invoiceId: input.invoiceId });
}

/**
 * Finishes a payment that a crash interrupted: an invoice that was paid is recorded, one that was not is charged under the
 * first key. After a day, when Stripe has forgotten that key and with it what the bank said, no card is asked again
 * (`operation.interrupted`).
 */
export async function keepPromisedPay(
  ctx: BillingContext,
  promise: { tenantId: string; requestId: string; reason: string; createdAt: Date },
): Promise<void> {
  const tenant = await resolveTenant(ctx, promise.tenantId);
  const ageMs = ctx.clock.now(tenant.stripeTestClockId).getTime() - promise.createdAt.getTime();
  const undecided = async (): Promise<PayPlan> => {
    invariant(false, "an interrupted payment has a stored plan");
  };
  await perform(ctx, tenant, promise, undecided, { mayCharge: ageMs < KEY_LIFE_MS });
}

async function perform(
  ctx: BillingContext,
  tenant: Tenant,
  { requestId, reason }: { requestId: string; reason: string },
  decidePlan: () => Promise<PayPlan>,
  { mayCharge } = { mayCharge: true },
): Promise<void> {
  const sourceAt = ctx.clock.now(tenant.stripeTestClockId);
  const request = { tenantId: tenant.id, requestId, reason, kind: "invoice.pay", now: sourceAt } as const;
  await carryOut<PayPlan, { status: string }, InvoiceRecord>(ctx, request, {
    decide: decidePlan,
    act: async ({ id, plan }) => {
      const { stripeInvoiceId, stripePaymentMethodId } = plan;
      // An earlier try of this request may have paid it.
      const current = await ctx.stripe.fetchInvoice(stripeInvoiceId);
      if (current?.status === "paid") return { outcome: { status: current.status }, facts: current };
      if (!mayCharge) throw interrupted();
      const record = await pay(ctx, tenant, plan, () =>
        ctx.stripe.payInvoice(stripeInvoiceId, { stripePaymentMethodId }, `${id}:pay`),
      );
      return { outcome: { status: record.status }, facts: record };
    },
    record: async (tx, { plan }, record) => {
      await convergeInvoice(tx, ctx, record, { actor: ctx.actor, reason, sourceAt });
      const details = { amountPaidMinor: Number(record.amountPaidMinor), status: record.status };
      const target = `invoice:${plan.stripeInvoiceId}`;
      const entry = { actor: ctx.actor, action: "invoice.pay", target, reason, details };
      await recordAudit(tx, { tenantId: tenant.id, occurredAt: sourceAt, ...entry });
    },
  });
}

async function decide(ctx: BillingContext, tenant: Tenant, input: PayInvoiceInput): Promise<PayPlan> {
  const { summary, stripeInvoiceId } = await getInvoiceRow(ctx.db.prisma, tenant.id, input.invoiceId);
  if (summary.status !== "open" && summary.status !== "uncollectible") {
    throw new BillingError("precondition", "invoice.not_payable", `Invoice ${summary.number} is ${summary.status}.`, {
      details: { status: summary.status },
    });
  }
  return { stripeInvoiceId, stripePaymentMethodId: input.paymentMethodId ?? (await defaultMethodOf(ctx, tenant)) };
}

/** Named, because an invoice of a subscription that has ended would be charged to the card that subscription had. */
async function defaultMethodOf(ctx: BillingContext, { stripeCustomerId }: Tenant): Promise<string | null> {
  const customer = stripeCustomerId === null ? null : await ctx.stripe.fetchCustomer(stripeCustomerId);
  return customer?.defaultPaymentMethodId ?? null;
}

/** A declined try is news of the invoice as well: the row learns of it before the caller does. */
async function pay(
  ctx: BillingContext,
  tenant: Tenant,
  plan: PayPlan,
  call: () => Promise<InvoiceRecord>,
): Promise<InvoiceRecord> {
  try {
    return await call();
  } catch (error) {
    if (!(error instanceof BillingError) || error.kind !== "declined") throw error;
    const sourceAt = ctx.clock.now(tenant.stripeTestClockId);
    const record = await ctx.stripe.fetchInvoice(plan.stripeInvoiceId);
    if (record) await syncInvoice(ctx, record, { actor: ctx.actor, reason: "A payment was declined", sourceAt });
    throw error;
  }
}
