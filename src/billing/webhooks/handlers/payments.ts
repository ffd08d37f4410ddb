/** Events about payments and refunds. */

import type { BillingContext } from "../../context";
import { syncPayment, syncRefunds } from "../../payments";
import type { Projection } from "../model";
import { gone, type Handler, type HandlerInput } from "./handler";

/** Converges on the payment as it is now. */
export const onPayment: Handler = (ctx, input) => converge(ctx, input, input.subject.objectId);

/** A refund, or the charge it is of: the payment behind it and all its refunds are read anew. */
export const onRefund: Handler = async (ctx, input) => {
  const { stripePaymentIntentId, objectId } = input.subject;
  if (stripePaymentIntentId === null) return { outcome: "ignored", note: `${objectId} was charged without an intent.` };
  const projection = await converge(ctx, input, stripePaymentIntentId);
  if (projection.outcome === "projected") await syncRefunds(ctx, input.tenant, stripePaymentIntentId);
  return projection;
};

async function converge(ctx: BillingContext, { cause }: HandlerInput, paymentIntentId: string): Promise<Projection> {
  const record = await ctx.stripe.fetchPayment(paymentIntentId);
  if (record === null) return gone(paymentIntentId);
  await syncPayment(ctx, record, cause);
  return { outcome: "projected", note: `${paymentIntentId} is ${record.status}.` };
}
