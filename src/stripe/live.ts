/**
 * The gateway that speaks to Stripe, or to the sandbox: the same code for both, put together from one file per area.
 *
 * Owns no state but the SDK's client. Every write carries the idempotency key it was given; the SDK repeats a failed call
 * with the same key.
 */
import { catalogCalls } from "./catalog";
import { lazyClient, type StripeOptions } from "./client";
import { creditNoteCalls } from "./credit-notes";
import { customerCalls } from "./customers";
import type { StripeGateway } from "./gateway";
import { invoiceCalls } from "./invoices";
import { paymentMethodCalls } from "./payment-methods";
import { paymentCalls } from "./payments";
import { promotionCalls } from "./promotions";
import { scheduleCalls } from "./schedules";
import { previewCalls } from "./subscription-previews";
import { taxRateCalls } from "./subscription-taxes";
import { subscriptionCalls } from "./subscriptions";
import { billingDetailsCalls } from "./tax-ids";

/** Makes the gateway; connects to nothing until it is asked something. */
export function createStripeGateway(options: StripeOptions): StripeGateway {
  const client = lazyClient(options);
  return {
    ...catalogCalls(client),
    ...customerCalls(client),
    ...billingDetailsCalls(client),
    ...paymentMethodCalls(client),
    ...subscriptionCalls(client),
    ...scheduleCalls(client),
    ...taxRateCalls(client),
    ...previewCalls(client),
    ...promotionCalls(client),
    ...invoiceCalls(client),
    ...paymentCalls(client),
    ...creditNoteCalls(client),
  };
}
