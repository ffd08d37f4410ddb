/**
 * What news about an invoice or its subscription mean for its case. Pure, and a function of the present state alone: it does
 * not matter which event brought the news, how often, or in which order.
 */
import type { InvoiceStatus } from "../../invoices/model";
import type { SubscriptionStatus } from "../../subscriptions/model";
import { isOver } from "../../subscriptions/rules/status";
import type { DunningStage } from "../model";
import { isMoving } from "./timeline";

/** The invoice as our mirror has it. */
export interface InvoiceFacts {
  status: InvoiceStatus;
  /** The newest try to collect it failed. */
  hasFailed: boolean;
  billingReason: string;
  stripeInvoiceId: string;
  attempts: number;
}

/** The subscription it belongs to, as our mirror has it; null when it belongs to none. */
export interface SubscriptionFacts {
  status: SubscriptionStatus;
  latestStripeInvoiceId: string | null;
}

/** What is known of the case; null when there is none. */
export interface KnownCase {
  stage: DunningStage;
  attempts: number;
  endsPlan: boolean;
  /** Whether the grace is over at the time of the news. */
  isGraceOver: boolean;
}

/** What to do. */
export type Turn =
  | { do: "open"; endsPlan: boolean }
  | { do: "recover" }
  | { do: "stop"; because: "voided" | "uncollectible" }
  /** The plan has ended already, by Stripe's own setting or at somebody's wish. */
  | { do: "lapse" }
  | { do: "count"; attempts: number }
  | { do: "nothing" };

/** Decides. */
export function turnOf(
  known: KnownCase | null,
  invoice: InvoiceFacts,
  subscription: SubscriptionFacts | null,
  isUnderWay: boolean,
): Turn {
  if (known === null) return opens(invoice, subscription, isUnderWay);
  if (invoice.status === "paid") return known.stage === "recovered" ? { do: "nothing" } : { do: "recover" };
  if (!isMoving(known.stage)) return { do: "nothing" };
  if (invoice.status === "void") return { do: "stop", because: "voided" };
  // After the grace it is our own doing, told by the lapse.
  if (invoice.status === "uncollectible" && !known.isGraceOver) return { do: "stop", because: "uncollectible" };
  if (known.endsPlan && subscription !== null && isOver(subscription.status)) return { do: "lapse" };
  if (invoice.hasFailed && invoice.attempts > known.attempts) return { do: "count", attempts: invoice.attempts };
  return { do: "nothing" };
}

/**
 * A first invoice and an upgrade are paid by somebody who sits before the checkout and has just read why the card failed:
 * no case. Anything else that fails is one; the plan is at stake when the subscription itself waits for this invoice.
 */
function opens(invoice: InvoiceFacts, subscription: SubscriptionFacts | null, isUnderWay: boolean): Turn {
  if (invoice.status !== "open" || !invoice.hasFailed || isUnderWay) return { do: "nothing" };
  const isOverdue = subscription !== null && (subscription.status === "past_due" || subscription.status === "unpaid");
  const waitsForThis = isOverdue && subscription.latestStripeInvoiceId === invoice.stripeInvoiceId;
  const { billingReason } = invoice;
  if (billingReason === "subscription_create") return { do: "nothing" };
  if (billingReason === "subscription_update" && !waitsForThis) return { do: "nothing" };
  const isEnded = subscription === null || isOver(subscription.status);
  return { do: "open", endsPlan: !isEnded && (waitsForThis || billingReason === "subscription_cycle") };
}
