/** Letting go of a saved method, once, whoever asks again. */
import type { BillingContext } from "../context";

/**
 * Detaches a method unless it is gone: detaching twice is an error at Stripe, and a retry long after a crash, or another
 * request, may have been first.
 */
export async function detachIfSaved(
  ctx: BillingContext,
  stripeCustomerId: string,
  methodId: string,
  key: string,
): Promise<void> {
  try {
    await ctx.stripe.detachPaymentMethod(methodId, key);
  } catch (error) {
    const saved = await ctx.stripe.listPaymentMethods(stripeCustomerId);
    if (saved.some((method) => method.stripePaymentMethodId === methodId)) throw error;
  }
}
