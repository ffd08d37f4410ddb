/**
 * Payments and refunds at Stripe.
 *
 * Since basil an intent does not name its invoice; the link is an object of its own (an invoice payment) and is looked up.
 */
import Stripe from "stripe";
import { declineError } from "@/billing/kernel/declines";
import { BillingError } from "@/billing/kernel/errors";
import type { ClientSource } from "./client";
import { callStripe, findAtStripe, translateError } from "./errors";
import type { PaymentRecord, RefundRecord, StripeGateway } from "./gateway";
import { paymentRecord } from "./translate/payment";
import { refundRecord } from "./translate/refund";
import { idOf, wireAmount } from "./translate/values";

type PaymentCalls = Pick<
  StripeGateway,
  "fetchPayment" | "listPayments" | "createPayment" | "fetchPaymentConfirmation" | "refundPayment" | "listRefunds"
>;

/** The gateway's calls about payments. */
export function paymentCalls(client: ClientSource): PaymentCalls {
  return {
    async fetchPayment(id) {
      const params = { expand: ["latest_charge"] };
      const intent = await findAtStripe(() => client().paymentIntents.retrieve(id, params));
      return intent === null ? null : callStripe(() => withInvoice(client(), intent));
    },

    listPayments: (stripeCustomerId) =>
      callStripe(async () => {
        const records: PaymentRecord[] = [];
        const params = { customer: stripeCustomerId, limit: 100, expand: ["data.latest_charge"] };
        for await (const intent of client().paymentIntents.list(params)) {
          records.push(await withInvoice(client(), intent));
        }
        return records;
      }),

    createPayment: (request, key) => callStripe(() => create(client(), request, key)),

    async fetchPaymentConfirmation(id) {
      const intent = await findAtStripe(() => client().paymentIntents.retrieve(id));
      if (intent?.status !== "requires_action" || intent.client_secret === null) return null;
      return { clientSecret: intent.client_secret, intent: "payment" };
    },

    refundPayment: (request, key) => refund(client(), request, key),

    listRefunds: (stripePaymentIntentId) =>
      callStripe(async () => {
        const records: RefundRecord[] = [];
        for await (const one of client().refunds.list({ payment_intent: stripePaymentIntentId, limit: 100 })) {
          records.push(refundRecord(one));
        }
        return records.reverse();
      }),
  };
}

async function create(
  stripe: Stripe,
  request: Parameters<StripeGateway["createPayment"]>[0],
  key: string,
): Promise<PaymentRecord> {
  const made = stripe.paymentIntents.create(
    {
      customer: request.stripeCustomerId,
      payment_method: request.stripePaymentMethodId,
      amount: wireAmount(request.amountMinor),
      currency: request.currency,
      description: request.description,
      metadata: request.metadata,
      confirm: true,
      // Off session a bank that asks is a refusal at once, because nobody is there to answer it.
      ...(request.onSession
        ? { automatic_payment_methods: { enabled: true, allow_redirects: "never" } }
        : { off_session: true }),
      expand: ["latest_charge"],
    },
    { idempotencyKey: key },
  );
  return paymentRecord(await made.catch(refusedPayment), null);
}

/** A decline names the payment it was of; an amount that Stripe cannot charge is the caller's to change. */
function refusedPayment(error: unknown): never {
  if (error instanceof Stripe.errors.StripeCardError) {
    const decline = { code: error.code ?? null, declineCode: error.decline_code ?? null };
    const details = { paymentId: error.payment_intent?.id ?? null, requestId: error.requestId ?? null };
    throw declineError(decline, { details, cause: error });
  }
  const known = error instanceof Stripe.errors.StripeInvalidRequestError ? error : null;
  if (known?.param !== "amount" && known?.param !== "currency") throw error;
  const message = "Stripe cannot charge this amount in this currency. It is too small, too large, or not sold.";
  throw new BillingError("invalid", "payment.amount_invalid", message, {
    details: { param: known.param, stripeCode: known.code ?? null },
    cause: error,
  });
}

/** Codes by which Stripe says that this much, or anything, cannot be given back any more. */
const NOT_REFUNDABLE: ReadonlySet<string> = new Set([
  "charge_already_refunded",
  "charge_disputed",
  "charge_not_refundable",
  "charge_exceeds_source_limit",
  "refund_disputed_payment",
]);

async function refund(
  stripe: Stripe,
  request: Parameters<StripeGateway["refundPayment"]>[0],
  key: string,
): Promise<RefundRecord> {
  const { refundId } = request;
  try {
    const made = await stripe.refunds.create(
      {
        payment_intent: request.stripePaymentIntentId,
        amount: wireAmount(request.amountMinor),
        reason: "requested_by_customer",
        metadata: { reason: request.reason.slice(0, 500), ...(refundId !== undefined && { refund_id: refundId }) },
      },
      { idempotencyKey: key },
    );
    return refundRecord(made);
  } catch (error) {
    const known = error instanceof Stripe.errors.StripeInvalidRequestError ? error : null;
    if (known === null || !(NOT_REFUNDABLE.has(known.code ?? "") || known.param === "amount"))
      throw translateError(error);
    const message = "Stripe cannot give this amount back: it was refunded or charged back already.";
    throw new BillingError("precondition", "payment.not_refundable", message, {
      details: { stripeCode: known.code ?? null, requestId: known.requestId ?? null },
      cause: error,
    });
  }
}

async function withInvoice(stripe: Stripe, intent: Stripe.PaymentIntent): Promise<PaymentRecord> {
  const links = await stripe.invoicePayments.list({
    payment: { type: "payment_intent", payment_intent: intent.id },
    limit: 1,
  });
  const link = links.data[0];
  return paymentRecord(intent, link ? idOf(link.invoice) : null);
}
