/**
 * What a customer does on a session's page.
 *
 *   begin: who pays ──► an intent to confirm ──► the page confirms it, with whatever authentication ──► finish
 *
 * Owns: making the payment intent or the subscription when the form is sent, and completing the session once its intent
 * has succeeded or its debit is on the way. A card that is refused leaves the session open; the next attempt uses the same
 * intent. Changing what is bought after that starts over with another one.
 */
import type Stripe from "stripe";
import { cancelSubscription } from "../billing/cancel-subscription";
import { createSubscription } from "../billing/create-subscription";
import { finaliseInvoice } from "../billing/finalise";
import { defaultIntent, openPayment } from "../billing/invoice-payments";
import { reviseSubscription, saveInvoice } from "../billing/records";
import { markPaid } from "../billing/settle";
import { invalidRequest } from "../http/errors";
import { applyMetadata } from "../http/params";
import { attachPaymentMethod } from "../payments/cards";
import { onEveryIntentSettled } from "../payments/hooks";
import { cancelPaymentIntent, createPaymentIntent, setIntentSecret } from "../payments/intents";
import { withMethodChoice } from "../payments/method-choice";
import { createSetupIntent } from "../payments/setup";
import { idOf } from "../store/indexes";
import type { Transaction } from "../store/transaction";
import { findCode, redeem } from "./discounts";
import { ownedSession, type Payer } from "./payer";
import { openOrder, requote, subscriptionParameters } from "./quote";
import { requireTaxes } from "./session-tax";
import { closeSession } from "./sessions";

type Session = Stripe.Checkout.Session;

/** What the page has to confirm; nothing when it is only to finish. */
export type Begun = { kind: "payment_intent" | "setup_intent"; clientSecret: string } | { kind: "nothing" };

/** Makes what the session is about, and answers the intent that the page is to confirm. */
export function beginCheckout(tx: Transaction, id: string, payer: Payer): Begun {
  const owned = ownedSession(tx, openSession(tx, id), payer);
  const plan = tx.get("checkout_plan", id);
  if (plan.intent !== null) return secretOf(tx, plan.intent);
  if (owned.subscription !== null) return { kind: "nothing" };
  const session = requote(tx, owned);
  requireTaxes(session);
  if (session.mode === "subscription") {
    const intent = subscribe(tx, session);
    if (intent === null) return { kind: "nothing" };
    tx.put("checkout_plan", { ...tx.get("checkout_plan", id), intent });
    return secretOf(tx, intent);
  }
  if (session.mode === "payment" && session.amount_total === 0) return { kind: "nothing" };
  const intent = payOnce(tx, session);
  tx.put("checkout_plan", { ...tx.get("checkout_plan", id), intent });
  return secretOf(tx, intent);
}

/** Completes the session when its intent has succeeded, and answers where the customer goes now. */
export function finishCheckout(tx: Transaction, id: string): { returnTo: string | null } {
  const session = tx.get("checkout_session", id);
  if (session.status === "complete") return { returnTo: destination(session) };
  openSession(tx, id);
  const { intent } = tx.get("checkout_plan", id);
  const settled = intent === null ? undefined : (tx.find("payment_intent", intent) ?? tx.find("setup_intent", intent));
  const isOwned = session.subscription !== null || (session.mode === "payment" && session.customer_details !== null);
  const isFree = intent === null && session.amount_total === 0 && isOwned;
  const isDone = settled?.status === "succeeded" || settled?.status === "requires_capture";
  const isVerified = settled?.next_action?.type !== "verify_with_microdeposits";
  const isOnItsWay = settled?.status === "processing" || (settled?.status === "requires_action" && !isVerified);
  if (!isFree && !isDone && !isOnItsWay) throw invalidRequest("This Checkout Session has not been paid.");
  const method = idOf(settled?.payment_method);
  if (settled?.object === "setup_intent" && session.mode === "subscription") keepMethod(tx, session, method);
  const isPayment = settled?.object === "payment_intent";
  const invoice = isPayment && isDone && session.mode === "payment" ? leaveInvoice(tx, session, settled) : null;
  const complete = closeSession(tx, session, {
    ...(invoice === null ? {} : { invoice }),
    payment_status: !isPayment ? "no_payment_required" : settled.status === "succeeded" ? "paid" : "unpaid",
    status: "complete",
  });
  tx.emit("checkout.session.completed", complete);
  return { returnTo: destination(complete) };
}

/** Puts a promotion code on the session, or takes it off when the text is empty. */
export function applyPromotion(tx: Transaction, id: string, text: string): Session {
  const session = openSession(tx, id);
  if (session.allow_promotion_codes !== true) {
    throw invalidRequest("This Checkout Session does not take promotion codes.", { param: "promotion_code" });
  }
  const code = text.trim() === "" ? null : findCode(tx, session, text);
  const discounts = code === null ? [] : [{ coupon: null, promotion_code: code.id }];
  return requote(tx, startOver(tx, { ...session, discounts }));
}

/** Changes how many of a line item are bought, within what the session allows. */
export function changeQuantity(tx: Transaction, id: string, item: string, quantity: number): Session {
  const session = openSession(tx, id);
  const plan = tx.get("checkout_plan", id);
  const range = plan.lineItems.find((one) => one.id === item)?.adjustable_quantity;
  const [least, most] = [Math.max(1, range?.minimum ?? 1), range?.maximum ?? 99];
  if (!range?.enabled || !Number.isSafeInteger(quantity) || quantity < least || quantity > most) {
    throw invalidRequest(`The quantity must lie between ${least} and ${most}.`, { param: "quantity" });
  }
  const lineItems = plan.lineItems.map((one) => (one.id === item ? { ...one, quantity } : one));
  tx.put("checkout_plan", { ...plan, lineItems });
  return requote(tx, startOver(tx, session));
}

function openSession(tx: Transaction, id: string): Session {
  const session = tx.get("checkout_session", id);
  if (session.status === "open") return session;
  throw invalidRequest(`This Checkout Session is ${session.status === "complete" ? "complete" : "expired"} already.`);
}

/** Gives up what an earlier try has begun, because what is bought is another now. */
function startOver(tx: Transaction, session: Session): Session {
  const plan = tx.get("checkout_plan", session.id);
  if (session.mode === "setup" || plan.intent === null) return session;
  const payment = tx.find("payment_intent", plan.intent);
  if (payment !== undefined && ["succeeded", "processing", "requires_capture"].includes(payment.status)) {
    throw invalidRequest("This Checkout Session is being paid already.");
  }
  const subscription = idOf(session.subscription);
  if (subscription !== null) cancelSubscription(tx, subscription, { prorate: false, invoice_now: false });
  else if (payment !== undefined) cancelPaymentIntent(tx, payment, "abandoned");
  tx.put("checkout_plan", { ...plan, intent: null });
  return { ...session, invoice: null, payment_intent: null, subscription: null };
}

function payOnce(tx: Transaction, session: Session): string {
  const { params } = tx.get("checkout_plan", session.id);
  const data = params.payment_intent_data ?? {};
  const intent = createPaymentIntent(tx, {
    amountMinor: session.amount_total ?? 0,
    currency: session.currency ?? "usd",
    customer: idOf(session.customer),
    captureMethod: data.capture_method ?? "automatic_async",
    description: data.description ?? null,
    metadata: applyMetadata({}, data.metadata),
    receiptEmail: data.receipt_email ?? null,
    setupFutureUsage: data.setup_future_usage ?? null,
    statementDescriptor: data.statement_descriptor ?? null,
  });
  tx.put("payment_intent", withMethodChoice(intent, params));
  tx.put("checkout_session", { ...session, payment_intent: intent.id });
  return intent.id;
}

function subscribe(tx: Transaction, session: Session): string | null {
  const plan = tx.get("checkout_plan", session.id);
  const subscription = createSubscription(tx, subscriptionParameters(session, plan));
  const invoice = idOf(subscription.latest_invoice);
  tx.put("checkout_session", { ...session, invoice, subscription: subscription.id });
  const payment = invoice === null ? undefined : defaultIntent(tx, invoice);
  if (payment !== undefined) {
    tx.put("payment_intent", withMethodChoice(payment, plan.params));
    return payment.id;
  }
  if (session.payment_method_collection === "if_required") return null;
  // Whoever has a card already still leaves one here, as the form asks for it.
  const waiting = tx.find("setup_intent", idOf(subscription.pending_setup_intent) ?? "");
  const saving = waiting ?? createSetupIntent(tx, { customer: idOf(session.customer) });
  return tx.put("setup_intent", withMethodChoice(saving, plan.params)).id;
}

/** A trial's first payment comes later: the method that was saved now will make it. */
function keepMethod(tx: Transaction, session: Session, method: string | null): void {
  const subscription = tx.find("subscription", idOf(session.subscription) ?? "");
  if (!subscription || method === null) return;
  const customer = idOf(subscription.customer);
  if (customer !== null) attachPaymentMethod(tx, tx.get("payment_method", method), customer);
  reviseSubscription(tx, subscription, { default_payment_method: method, pending_setup_intent: null });
}

/** Counts a paid order's discounts as redeemed, and writes the invoice where one is wanted. */
function leaveInvoice(tx: Transaction, session: Session, intent: Stripe.PaymentIntent): string | null {
  const creation = session.invoice_creation;
  if (creation?.enabled !== true) {
    redeem(tx, session);
    return null;
  }
  const data = creation.invoice_data;
  const draft = tx.get("invoice", openOrder(tx, session, tx.get("checkout_plan", session.id)));
  saveInvoice(tx, {
    ...draft,
    custom_fields: data.custom_fields,
    description: data.description,
    footer: data.footer,
    metadata: data.metadata ?? {},
  });
  tx.emit("invoice.created", tx.get("invoice", draft.id));
  openPayment(tx, { ...tx.get("invoice", draft.id), amount_due: intent.amount }, intent.id);
  setIntentSecret(tx, intent.id, { invoice: draft.id });
  const invoice = finaliseInvoice(tx, draft.id, { autoAdvance: false });
  return invoice.status === "paid" ? invoice.id : markPaid(tx, invoice, { attemptCount: 1 }).id;
}

/** A debit that was on its way when its session completed has come to something. */
onEveryIntentSettled((tx, intent, { outcome }) => {
  for (const plan of tx.listBy("checkout_plan", "intent", intent.id)) {
    const session = tx.get("checkout_session", plan.id);
    if (session.status !== "complete" || session.payment_status !== "unpaid") continue;
    if (outcome === "declined") tx.emit("checkout.session.async_payment_failed", session);
    if (outcome !== "succeeded") continue;
    const invoice = session.mode === "payment" ? leaveInvoice(tx, session, intent) : null;
    const paid = { ...session, ...(invoice === null ? {} : { invoice }), payment_status: "paid" as const };
    tx.emit("checkout.session.async_payment_succeeded", tx.put("checkout_session", paid));
  }
});

function secretOf(tx: Transaction, id: string): Begun {
  const intent = tx.find("payment_intent", id) ?? tx.get("setup_intent", id);
  return { kind: intent.object, clientSecret: intent.client_secret ?? "" };
}

/** Where the page leads now; null for a form that stays where it is. */
function destination(session: Session): string | null {
  if (session.redirect_on_completion === "never" || session.redirect_on_completion === "if_required") return null;
  const url = session.success_url ?? session.return_url ?? null;
  return url === null ? null : url.replaceAll("{CHECKOUT_SESSION_ID}", session.id);
}
