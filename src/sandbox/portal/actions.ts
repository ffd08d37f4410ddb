/**
 * What a customer does in the portal, each as the session's configuration allows: ending, keeping, pausing and resuming a
 * subscription, taking an offer to stay, payment methods, and billing details.
 */
import type Stripe from "stripe";
import { nextBoundary } from "../billing/calendar";
import { cancelSubscription } from "../billing/cancel-subscription";
import { pauseSubscription } from "../billing/pause-subscription";
import { reviseSubscription } from "../billing/records";
import { resumeSubscription } from "../billing/resume-subscription";
import { createTaxId } from "../billing/tax-ids";
import { updateSubscription } from "../billing/update-subscription";
import { registerDue } from "../clock/due";
import { invalidRequest } from "../http/errors";
import { createSetupIntent } from "../payments/setup";
import { updateCustomer } from "../resources/customers";
import { detachPaymentMethod } from "../resources/detach";
import { idOf } from "../store/indexes";
import type { Transaction } from "../store/transaction";
import { clockOf } from "../webhooks/events";
import { cancellationReasons } from "./params";
import { configurationOf, ownSubscription } from "./sessions";

type Session = Stripe.BillingPortal.Session;

const RESUME_KIND = "portal.resume";

/** Ends a subscription the way the session's configuration says. */
export function cancelInPortal(
  tx: Transaction,
  session: Session,
  id: string,
  said: { feedback?: string | undefined; comment?: string | undefined } = {},
): Stripe.Subscription {
  const { subscription_cancel: feature } = configurationOf(tx, session).features;
  const subscription = ownSubscription(tx, session.customer, id);
  if (!feature.enabled) throw invalidRequest("Subscriptions cannot be canceled in this portal.");
  const details = feature.cancellation_reason.enabled ? reasonsOf(feature.cancellation_reason.options, said) : {};
  if (feature.mode === "at_period_end") {
    return updateSubscription(tx, subscription.id, { ...details, ...endingOf(subscription) });
  }
  return cancelSubscription(tx, subscription.id, {
    ...details,
    prorate: feature.proration_behavior !== "none",
    invoice_now: feature.proration_behavior === "always_invoice",
  });
}

/** In flexible billing mode the end is a moment, in the classic one a word. */
function endingOf({ billing_mode: mode }: Stripe.Subscription) {
  if (mode.type === "classic") return { cancel_at_period_end: true };
  return { cancel_at: "max_period_end" as const };
}

type Feedback = (typeof cancellationReasons)[number];

function reasonsOf(
  options: readonly string[],
  said: { feedback?: string | undefined; comment?: string | undefined },
): { cancellation_details?: { feedback?: Feedback; comment?: string } } {
  const feedback = cancellationReasons.find((reason) => reason === said.feedback && options.includes(reason));
  const comment = said.comment?.slice(0, 500);
  if (feedback === undefined && !comment) return {};
  return {
    cancellation_details: {
      ...(feedback === undefined ? {} : { feedback }),
      ...(comment ? { comment } : {}),
    },
  };
}

/** Takes a planned end back. */
export function keepInPortal(tx: Transaction, session: Session, id: string): Stripe.Subscription {
  const subscription = ownSubscription(tx, session.customer, id);
  if (subscription.billing_mode.type === "classic") {
    return updateSubscription(tx, subscription.id, { cancel_at_period_end: false });
  }
  return updateSubscription(tx, subscription.id, { cancel_at: null });
}

/** Stays, with the discount that the flow offers for it. */
export function acceptOffer(tx: Transaction, session: Session): Stripe.Subscription {
  const part = session.flow?.subscription_cancel;
  const coupon = part?.retention?.coupon_offer?.coupon;
  if (part === null || part === undefined || coupon === undefined) {
    throw invalidRequest("This portal session offers nothing for staying.");
  }
  const subscription = ownSubscription(tx, session.customer, part.subscription);
  const kept = subscription.discounts.map((discount) => ({ discount: idOf(discount) ?? "" }));
  return updateSubscription(tx, subscription.id, { discounts: [...kept, { coupon }] });
}

/** Pauses a subscription, for good or for one of the spans the configuration offers ("1 month"). */
export function pauseInPortal(tx: Transaction, session: Session, id: string, span: string): Stripe.Subscription {
  const { subscription_pause: feature } = configurationOf(tx, session).features;
  if (!feature.enabled) throw invalidRequest("Subscriptions cannot be paused in this portal.");
  const subscription = ownSubscription(tx, session.customer, id);
  const options = feature.duration?.type === "interval_options" ? (feature.duration.interval_options ?? []) : [];
  const chosen = options.find(({ interval, interval_count: count }) => `${count} ${interval}` === span);
  if (options.length > 0 && chosen === undefined) throw invalidRequest("Choose how long the pause is to last.");
  const paused = pauseSubscription(tx, subscription.id, { type: "subscription" });
  if (chosen !== undefined) {
    const clock = clockOf(tx, paused);
    const now = tx.now(clock);
    const at = nextBoundary(now, chosen, now);
    tx.schedule({ clock: clock ?? "default", at, kind: RESUME_KIND, subject: paused.id });
  }
  return paused;
}

/** Ends a pause now. */
export function resumeInPortal(tx: Transaction, session: Session, id: string): Stripe.Subscription {
  const { subscription_pause: feature } = configurationOf(tx, session).features;
  if (!feature.enabled) throw invalidRequest("Subscriptions cannot be resumed in this portal.");
  const subscription = ownSubscription(tx, session.customer, id);
  tx.unschedule(RESUME_KIND, subscription.id);
  return resumeSubscription(tx, subscription.id, { billing_cycle_anchor: { type: "now" } });
}

registerDue(RESUME_KIND, (tx, { subject }) => {
  const subscription = tx.find("subscription", subject);
  if (subscription?.status !== "paused") return;
  resumeSubscription(tx, subject, { billing_cycle_anchor: { type: "now" } });
});

/** The set-up with which the page saves a new payment method. */
export function beginSaving(tx: Transaction, session: Session): Stripe.SetupIntent {
  requireMethods(tx, session);
  return createSetupIntent(tx, { customer: session.customer, usage: "off_session" });
}

/** Makes a method the customer's default, and that of subscriptions which have one of their own. */
export function useMethod(tx: Transaction, session: Session, id: string): void {
  requireMethods(tx, session);
  const method = ownMethod(tx, session, id);
  const customer = tx.get("customer", session.customer);
  const settings = { ...customer.invoice_settings, default_payment_method: method.id };
  updateCustomer(tx, customer, { ...customer, invoice_settings: settings });
  for (const subscription of tx.listBy("subscription", "customer", customer.id)) {
    const isOver = subscription.status === "canceled" || subscription.status === "incomplete_expired";
    if (isOver || idOf(subscription.default_payment_method) === null) continue;
    reviseSubscription(tx, subscription, { default_payment_method: method.id });
  }
}

/** Removes a method that nothing is paid with. */
export function removeMethod(tx: Transaction, session: Session, id: string): void {
  requireMethods(tx, session);
  const method = ownMethod(tx, session, id);
  const customer = tx.get("customer", session.customer);
  const isDefault = idOf(customer.invoice_settings.default_payment_method) === method.id;
  const isUsed = tx
    .listBy("subscription", "customer", customer.id)
    .some((one) => one.status !== "canceled" && (isDefault || idOf(one.default_payment_method) === method.id));
  if (isUsed) throw invalidRequest("This payment method pays for a subscription. Make another one the default first.");
  detachPaymentMethod(tx, method);
}

function requireMethods(tx: Transaction, session: Session): void {
  if (configurationOf(tx, session).features.payment_method_update.enabled) return;
  throw invalidRequest("Payment methods cannot be changed in this portal.");
}

function ownMethod(tx: Transaction, session: Session, id: string): Stripe.PaymentMethod {
  const method = tx.find("payment_method", id);
  if (method !== undefined && idOf(method.customer) === session.customer) return method;
  throw invalidRequest(`No such PaymentMethod: '${id}'`, { code: "resource_missing", param: "payment_method" });
}

/** Billing details as typed; undefined for what the form did not have. */
export interface TypedDetails {
  name?: string | undefined;
  email?: string | undefined;
  phone?: string | undefined;
  address?: Stripe.Address | undefined;
  shipping?: { name: string; address: Stripe.Address } | undefined;
  taxId?: { type: string; value: string } | undefined;
}

/** Changes the customer's details, of those the configuration allows to change. */
export function changeDetails(tx: Transaction, session: Session, typed: TypedDetails): void {
  const { customer_update: feature } = configurationOf(tx, session).features;
  if (!feature.enabled) throw invalidRequest("Billing details cannot be changed in this portal.");
  const may = (name: string) => feature.allowed_updates.some((allowed) => allowed === name);
  if (may("email") && typed.email !== undefined && !/^[^\s@]+@[^\s@]+$/.test(typed.email)) {
    throw invalidRequest("Enter an email address.", { code: "email_invalid", param: "email" });
  }
  const customer = tx.get("customer", session.customer);
  updateCustomer(tx, customer, {
    ...customer,
    ...(may("name") && typed.name !== undefined ? { name: typed.name || null } : {}),
    ...(may("email") && typed.email !== undefined ? { email: typed.email } : {}),
    ...(may("phone") && typed.phone !== undefined ? { phone: typed.phone || null } : {}),
    ...(may("address") && typed.address !== undefined ? { address: typed.address } : {}),
    ...(may("shipping") && typed.shipping !== undefined ? { shipping: { ...typed.shipping, phone: null } } : {}),
  });
  if (may("tax_id") && typed.taxId !== undefined) {
    createTaxId(tx, tx.get("customer", session.customer), typed.taxId, "tax_id");
  }
}
