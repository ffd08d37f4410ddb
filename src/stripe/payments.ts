/**
 * Payments and refunds at Stripe.
 *
 * Since basil an intent does not name its invoice; the link is an object of its own (an invoice payment) and is looked up.
 */
import type Stripe from "stripe";
import type { ClientSource } from "./client";
import { callStripe, findAtStripe } from "./errors";
import type { PaymentRecord, StripeGateway } from "./gateway";
import { paymentRecord } from "./translate/payment";
import { idOf, minor, wireAmount } from "./translate/values";

type PaymentCalls = Pick<StripeGateway, "fetchPayment" | "listPayments" | "refundPayment">;

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

    refundPayment: (request, key) =>
      callStripe(async () => {
        const refund = await client().refunds.create(
          {
            payment_intent: request.stripePaymentIntentId,
            amount: wireAmount(request.amountMinor),
            reason: "requested_by_customer",
            metadata: { reason: request.reason.slice(0, 500) },
          },
          { idempotencyKey: key },
        );
        return { stripeRefundId: refund.id, amountMinor: minor(refund.amount) };
      }),
  };
}

async function withInvoice(stripe: Stripe, intent: Stripe.PaymentIntent): Promise<PaymentRecord> {
  const links = await stripe.invoicePayments.list({
    payment: { type: "payment_intent", payment_intent: intent.id },
    limit: 1,
  });
  const link = links.data[0];
  return paymentRecord(intent, link ? idOf(link.invoice) : null);
}
