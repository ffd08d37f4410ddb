/**
 * A payment of its own, for no invoice: a fee, a correction, something sold beside the plan.
 *
 * Promised before Stripe is asked, so that the same request charges once whatever is lost on the way. A refused card is an
 * answer: the repeated request hears it again and the bank is not asked a second time.
 */
import type { PaymentRecord } from "@/stripe/gateway";
import { recordAudit } from "../audit";
import { getCatalog } from "../catalog";
import type { BillingContext } from "../context";
import { declineError } from "../kernel/declines";
import { BillingError, invariant } from "../kernel/errors";
import { isChargeable } from "../kernel/money";
import { carryOut } from "../operations";
import { ensureStripeCustomer, resolveTenant, type Tenant } from "../tenants";
import { getPayment } from "./list-payments";
import type { PaymentProcessed, ProcessPaymentInput } from "./model";
import { betweenSteps, CONFIRM_ANEW, methodNotFound, methodRequired, otherCurrency } from "./refusals";
import { convergePayment, syncPayment } from "./sync-payment";
import { syncPaymentMethods } from "./sync-payment-methods";

/** The kind of this verb's operations. */
export const PAYMENT_OPERATION = "payment.process";

type PaymentPlan = Pick<ProcessPaymentInput, "amountMinor" | "currency" | "description" | "onSession"> & {
  stripePaymentMethodId: string;
};

interface PaymentFacts {
  record: PaymentRecord;
  sourceAt: Date;
}

/**
 * Charges a saved method now. Throws an InsufficientFundsError, CardDeclinedError or AuthenticationRequiredError when it is
 * refused; with `onSession` a bank that asks gives a confirmation for the browser instead. A bank debit is `processing` for
 * some days. Throws `payment.method_required`, `payment.method_not_found`, `payment.amount_invalid`,
 * and `request.invalid` for another currency than the catalog's.
 */
export async function processPayment(ctx: BillingContext, input: ProcessPaymentInput): Promise<PaymentProcessed> {
  const tenant = await resolveTenant(ctx, input.tenantId);
  const { amountMinor, currency, description, onSession } = input;
  await requireChargedCurrency(ctx, currency);
  if (!isChargeable(amountMinor, currency)) throw betweenSteps(currency);
  const paymentId = await perform(ctx, tenant, input, async () => {
    const stripePaymentMethodId = await chooseMethod(ctx, tenant, input.paymentMethodId);
    return { stripePaymentMethodId, amountMinor, currency, description, onSession };
  });
  const payment = await getPayment(ctx, tenant.id, paymentId);
  const waits = payment.status === "requires_action";
  return { payment, confirmation: waits ? await ctx.stripe.fetchPaymentConfirmation(paymentId) : null };
}

/** Throws `request.invalid` for any currency but the catalog's: a customer's invoices, its balance and our books are in it. */
export async function requireChargedCurrency(ctx: Pick<BillingContext, "db">, currency: string): Promise<void> {
  const { currency: charged } = await getCatalog(ctx);
  if (currency !== charged) throw otherCurrency(currency, charged);
}

/** Finishes a payment that a crash interrupted; the plan stored first is the one carried out. */
export async function keepPromisedPayment(
  ctx: BillingContext,
  promise: { tenantId: string; requestId: string; reason: string },
): Promise<void> {
  const tenant = await resolveTenant(ctx, promise.tenantId);
  await perform(ctx, tenant, promise, () => {
    invariant(false, "an interrupted payment has a stored plan");
  });
}

async function perform(
  ctx: BillingContext,
  tenant: Tenant,
  { requestId, reason }: { requestId: string; reason: string },
  decide: () => Promise<PaymentPlan>,
): Promise<string> {
  const now = ctx.clock.now(tenant.stripeTestClockId);
  const request = { tenantId: tenant.id, requestId, reason, kind: PAYMENT_OPERATION, now } as const;
  let isFirstTry = false;
  const { outcome } = await carryOut<PaymentPlan, { paymentId: string }, PaymentFacts>(ctx, request, {
    decide: () => {
      isFirstTry = true;
      return decide();
    },
    act: async ({ id, plan }) => {
      const before = isFirstTry ? null : await madeBefore(ctx, tenant, id);
      const facts = before ?? (await charge(ctx, tenant, plan, id));
      return { outcome: { paymentId: facts.record.stripePaymentIntentId }, facts };
    },
    record: async (tx, { plan }, { record, sourceAt }) => {
      await convergePayment(tx, ctx, record, { sourceAt });
      await recordAudit(tx, {
        ...{ tenantId: tenant.id, occurredAt: now, actor: ctx.actor, action: PAYMENT_OPERATION, reason },
        target: `payment:${record.stripePaymentIntentId}`,
        details: { amountMinor: Number(plan.amountMinor), currency: plan.currency, status: record.status },
      });
    },
  });
  return outcome.paymentId;
}

/** What an earlier try has charged, asked by our name for it: Stripe forgets keys after a day. Throws its decline again. */
async function madeBefore(ctx: BillingContext, tenant: Tenant, id: string): Promise<PaymentFacts | null> {
  const sourceAt = ctx.clock.now(tenant.stripeTestClockId);
  const payments = await ctx.stripe.listPayments(await ensureStripeCustomer(ctx, tenant));
  const record = payments.find(({ operationId }) => operationId === id);
  if (record?.status !== "failed") return record === undefined ? null : { record, sourceAt };
  await syncPayment(ctx, record, { actor: ctx.actor, reason: "A payment was declined", sourceAt });
  const { failureCode: code, declineCode, stripePaymentIntentId: paymentId } = record;
  throw withOwnAdvice(declineError({ code, declineCode }, { details: { paymentId } }));
}

async function charge(ctx: BillingContext, tenant: Tenant, plan: PaymentPlan, key: string): Promise<PaymentFacts> {
  const stripeCustomerId = await ensureStripeCustomer(ctx, tenant);
  const sourceAt = ctx.clock.now(tenant.stripeTestClockId);
  const metadata = { tenant_id: tenant.id, operation_id: key };
  try {
    return {
      record: await ctx.stripe.createPayment({ ...plan, stripeCustomerId, metadata }, `${key}:charge`),
      sourceAt,
    };
  } catch (error) {
    await rememberDecline(ctx, error, sourceAt);
    throw withOwnAdvice(error);
  }
}

/** Of what refuses an invoice the portal tells how to pay it; here only whoever asked can go on. */
function withOwnAdvice(error: unknown): unknown {
  if (!(error instanceof BillingError) || error.code !== "payment.authentication_required") return error;
  return new BillingError(error.kind, error.code, CONFIRM_ANEW, { details: error.details, cause: error.cause });
}

/** A refused try belongs to the ledger too, before its caller hears of it. */
async function rememberDecline(ctx: BillingContext, error: unknown, sourceAt: Date): Promise<void> {
  const id = error instanceof BillingError && error.kind === "declined" ? error.details.paymentId : null;
  const record = typeof id === "string" ? await ctx.stripe.fetchPayment(id) : null;
  if (record !== null) await syncPayment(ctx, record, { actor: ctx.actor, reason: "A payment was declined", sourceAt });
}

async function chooseMethod(ctx: BillingContext, tenant: Tenant, wanted: string | null): Promise<string> {
  const methods = await syncPaymentMethods(ctx, tenant.id);
  const chosen = methods.find((method) =>
    wanted === null ? method.isDefault : method.stripePaymentMethodId === wanted,
  );
  if (chosen !== undefined) return chosen.stripePaymentMethodId;
  throw wanted === null ? methodRequired() : methodNotFound();
}
