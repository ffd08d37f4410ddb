/**
 * What a customer does on a session's page.
 *
 *   begin: who pays ──► an intent to confirm ──► the page confirms it, with whatever authentication ──► finish
 *
 * Owns: making the payment intent or the subscription when the form is sent, and completing the session once its intent
 * has succeeded. A card that is refused leaves the session open; the next attempt uses the same intent.
 */
import type Stripe from "stripe";
import { createSubscription } from "../billing/create-subscription";
import { defaultIntent } from "../billing/invoice-payments";
import { reviseSubscription } from "../billing/records";
import { invalidRequest } from "../http/errors";
import { applyMetadata } from "../http/params";
import { attachPaymentMethod } from "../payments/cards";
import { createPaymentIntent } from "../payments/intents";
import { createSetupIntent } from "../payments/setup";
import { openCustomer } from "../resources/customers";
import { idOf } from "../store/indexes";
import type { Transaction } from "../store/transaction";
import { closeSession } from "./sessions";

type Session = Stripe.Checkout.Session;

/** Who pays, as typed into the page. */
export interface Payer {
  email: string;
  name: string;
}

/** What the page has to confirm; null when nothing is left to do but to finish. */
export interface Begun {
  kind: "payment_intent" | "setup_intent";
  clientSecret: string;
}

/** Makes what the session is about, and answers the intent that the page is to confirm. */
export function beginCheckout(tx: Transaction, id: string, payer: Payer): Begun {
  const session = ownedSession(tx, openSession(tx, id), payer);
  const plan = tx.get("checkout_plan", id);
  if (plan.intent !== null) return secretOf(tx, plan.intent);
  const intent = session.mode === "payment" ? payOnce(tx, session) : subscribe(tx, session);
  tx.put("checkout_plan", { ...plan, intent });
  return secretOf(tx, intent);
}

/** Completes the session when its intent has succeeded, and answers where the customer goes now. */
export function finishCheckout(tx: Transaction, id: string): { returnTo: string } {
  const session = tx.get("checkout_session", id);
  if (session.status === "complete") return { returnTo: destination(session) };
  openSession(tx, id);
  const { intent } = tx.get("checkout_plan", id);
  const succeeded =
    intent === null ? undefined : (tx.find("payment_intent", intent) ?? tx.find("setup_intent", intent));
  if (succeeded?.status !== "succeeded") throw invalidRequest("This Checkout Session has not been paid.");
  const method = idOf(succeeded.payment_method);
  if (succeeded.object === "setup_intent" && session.mode === "subscription") keepMethod(tx, session, method);
  const isPaid = succeeded.object === "payment_intent";
  const complete = closeSession(tx, session, {
    payment_status: isPaid ? "paid" : "no_payment_required",
    status: "complete",
  });
  tx.emit("checkout.session.completed", complete);
  return { returnTo: destination(complete) };
}

function openSession(tx: Transaction, id: string): Session {
  const session = tx.get("checkout_session", id);
  if (session.status === "open") return session;
  throw invalidRequest(`This Checkout Session is ${session.status === "complete" ? "complete" : "expired"} already.`);
}

/** The session with its payer's details, and with a customer wherever one is needed. */
function ownedSession(tx: Transaction, session: Session, payer: Payer): Session {
  const isNeeded = session.mode !== "payment" || session.customer_creation === "always";
  const details = { ...blankDetails, ...session.customer_details, email: payer.email, name: payer.name || null };
  const customer =
    idOf(session.customer) ?? (isNeeded ? openCustomer(tx, { email: payer.email, name: payer.name || null }).id : null);
  const setup = tx.find("setup_intent", idOf(session.setup_intent) ?? "");
  if (setup && setup.customer === null && customer !== null) tx.put("setup_intent", { ...setup, customer });
  return tx.put("checkout_session", { ...session, customer, customer_details: details });
}

function payOnce(tx: Transaction, session: Session): string {
  const { payment } = tx.get("checkout_plan", session.id);
  const intent = createPaymentIntent(tx, {
    amountMinor: session.amount_total ?? 0,
    currency: session.currency ?? "usd",
    customer: idOf(session.customer),
    description: payment.description ?? null,
    metadata: applyMetadata({}, payment.metadata),
    setupFutureUsage: payment.setup_future_usage ?? null,
  });
  tx.put("checkout_session", { ...session, payment_intent: intent.id });
  return intent.id;
}

function subscribe(tx: Transaction, session: Session): string {
  const { lineItems, subscription: data } = tx.get("checkout_plan", session.id);
  const named = lineItems.map((item) => ({ price: item.price?.id ?? "", quantity: item.quantity ?? 1, item }));
  const subscription = createSubscription(tx, {
    customer: idOf(session.customer) ?? "",
    items: named.filter(({ item }) => item.price?.recurring).map(({ price, quantity }) => ({ price, quantity })),
    add_invoice_items: named
      .filter(({ item }) => !item.price?.recurring)
      .map(({ price, quantity }) => ({ price, quantity })),
    payment_behavior: "default_incomplete",
    payment_settings: { save_default_payment_method: "on_subscription" },
    ...data,
  });
  const invoice = idOf(subscription.latest_invoice);
  tx.put("checkout_session", { ...session, invoice, subscription: subscription.id });
  const payment = invoice === null ? undefined : defaultIntent(tx, invoice);
  const saving = idOf(subscription.pending_setup_intent);
  // Whoever has a card already still leaves one here, as the form asks for it.
  return payment?.id ?? saving ?? createSetupIntent(tx, { customer: idOf(session.customer) }).id;
}

/** A trial's first payment comes later: the method that was saved now will make it. */
function keepMethod(tx: Transaction, session: Session, method: string | null): void {
  const subscription = tx.find("subscription", idOf(session.subscription) ?? "");
  if (!subscription || method === null) return;
  const customer = idOf(subscription.customer);
  if (customer !== null) attachPaymentMethod(tx, tx.get("payment_method", method), customer);
  reviseSubscription(tx, subscription, { default_payment_method: method, pending_setup_intent: null });
}

function secretOf(tx: Transaction, id: string): Begun {
  const intent = tx.find("payment_intent", id) ?? tx.get("setup_intent", id);
  return { kind: intent.object, clientSecret: intent.client_secret ?? "" };
}

function destination(session: Session): string {
  return (session.success_url ?? "").replaceAll("{CHECKOUT_SESSION_ID}", session.id);
}

const blankDetails = {
  address: null,
  business_name: null,
  email: null,
  individual_name: null,
  name: null,
  phone: null,
  tax_exempt: "none",
  tax_ids: null,
};
