/**
 * The movement of money: one attempt to charge a card for a payment intent.
 *
 * It owns the charge, its balance transaction, the intent's new state, and the payment_intent.* and charge.* events. It
 * decides by the card's scenario and by what a person chose for the customer's next payment. It does not know invoices:
 * whoever calls it acts on the outcome, and confirmations from outside billing report through hooks.ts.
 */
import type Stripe from "stripe";
import { idOf } from "../store/indexes";
import type { Transaction } from "../store/transaction";
import { attachPaymentMethod, scenarioOf } from "./cards";
import { type ChargeAttempt, failPaymentIntent, storeCharge } from "./charge-record";
import { startDebit } from "./debits";
import { type PaymentFailure, paymentFailure } from "./failures";
import { checkOwner, setIntentSecret } from "./intents";
import { scheduleReservationEnd } from "./reservations";
import type { CardScenario } from "./scenarios";

/** What an attempt came to; `paymentIntent` is always the stored new state. */
export type ChargeOutcome =
  | { outcome: "succeeded"; paymentIntent: Stripe.PaymentIntent; charge: Stripe.Charge }
  | {
      outcome: "declined";
      paymentIntent: Stripe.PaymentIntent;
      /** Null when it failed before any charge was made, as a failed authentication does. */
      charge: Stripe.Charge | null;
      failure: PaymentFailure;
    }
  | { outcome: "requires_action"; paymentIntent: Stripe.PaymentIntent }
  /** A bank debit is on its way; it settles in some days. */
  | { outcome: "processing"; paymentIntent: Stripe.PaymentIntent; charge: Stripe.Charge };

type Decision = { kind: "pay" } | { kind: "ask" } | { kind: "decline"; failure: PaymentFailure };

/** Charges a card for an intent, or finds that its holder must authenticate, or that it is refused. */
export function attemptCharge(tx: Transaction, attempt: ChargeAttempt): ChargeOutcome {
  checkOwner(attempt.paymentMethod, idOf(attempt.paymentIntent.customer));
  const scenario = scenarioOf(tx, attempt.paymentMethod.id);
  if (scenario.bank !== null) return startDebit(tx, attempt, scenario);
  const decision = decide(tx, attempt, scenario);
  if (decision.kind === "ask") return askForAuthentication(tx, attempt);
  const charge = storeCharge(tx, attempt, scenario, decision.kind === "decline" ? decision.failure : null);
  if (decision.kind === "decline") {
    tx.emit("charge.failed", charge);
    const paymentIntent = failPaymentIntent(tx, attempt, decision.failure, charge);
    return { outcome: "declined", paymentIntent, charge, failure: decision.failure };
  }
  return succeed(tx, attempt, charge);
}

function decide(tx: Transaction, attempt: ChargeAttempt, scenario: CardScenario): Decision {
  const customer = idOf(attempt.paymentIntent.customer);
  const chosen = customer === null ? undefined : tx.find("next_payment", customer);
  if (chosen !== undefined && attempt.authenticated !== true) {
    tx.remove("next_payment", chosen.id);
    if (chosen.outcome === "succeed") return { kind: "pay" };
    if (chosen.outcome === "authentication_required" && !attempt.offSession) return { kind: "ask" };
    return { kind: "decline", failure: paymentFailure(chosen.outcome) };
  }
  if (attempt.authenticated !== true && mustAsk(tx, attempt, scenario)) {
    return attempt.offSession
      ? { kind: "decline", failure: paymentFailure("authentication_required") }
      : { kind: "ask" };
  }
  if (scenario.chargeFailure !== null) return { kind: "decline", failure: paymentFailure(scenario.chargeFailure) };
  return { kind: "pay" };
}

function mustAsk(tx: Transaction, attempt: ChargeAttempt, scenario: CardScenario): boolean {
  const wanted = attempt.paymentIntent.payment_method_options?.card?.request_three_d_secure ?? "automatic";
  if (scenario.authenticatesOnRequest && wanted !== "automatic" && !attempt.offSession) return true;
  const isSetUp = tx.find("payment_scenario", attempt.paymentMethod.id)?.authenticatedForOffSession ?? false;
  switch (scenario.authentication) {
    case "never":
      return false;
    case "always":
      return true;
    case "on_session":
      return !attempt.offSession;
    case "unless_set_up":
      return !(attempt.offSession && isSetUp);
  }
}

function askForAuthentication(tx: Transaction, attempt: ChargeAttempt): ChargeOutcome {
  const { paymentIntent: intent, paymentMethod, redirect } = attempt;
  setIntentSecret(tx, intent.id, {
    authentication: "pending",
    returnUrl: redirect?.returnUrl ?? null,
    offSession: attempt.offSession,
  });
  const paymentIntent = tx.put("payment_intent", {
    ...intent,
    status: "requires_action",
    payment_method: paymentMethod.id,
    last_payment_error: null,
    next_action: authenticationAction(intent.client_secret ?? "", redirect),
  });
  tx.emit("payment_intent.requires_action", paymentIntent);
  return { outcome: "requires_action", paymentIntent };
}

/** The next_action of an intent that waits for its holder. */
export function authenticationAction(
  clientSecret: string,
  redirect: { returnUrl: string; baseUrl: string } | null | undefined,
): { type: "use_stripe_sdk"; use_stripe_sdk: Record<string, unknown> } | RedirectAction {
  if (redirect !== null && redirect !== undefined) {
    const url = `${redirect.baseUrl}/_sandbox/authentications/${clientSecret}`;
    return { type: "redirect_to_url", redirect_to_url: { url, return_url: redirect.returnUrl } };
  }
  return { type: "use_stripe_sdk", use_stripe_sdk: { type: "stripe_3ds2_fingerprint", source: "sandbox" } };
}

interface RedirectAction {
  type: "redirect_to_url";
  redirect_to_url: { url: string; return_url: string };
}

function succeed(tx: Transaction, attempt: ChargeAttempt, charge: Stripe.Charge): ChargeOutcome {
  const { paymentIntent: intent, paymentMethod } = attempt;
  const customer = idOf(intent.customer);
  if (customer !== null && intent.setup_future_usage !== null && idOf(paymentMethod.customer) === null) {
    attachPaymentMethod(tx, paymentMethod, customer);
  }
  if (intent.setup_future_usage === "off_session" && attempt.authenticated === true) {
    markAuthenticated(tx, paymentMethod.id);
  }
  const paymentIntent = tx.put("payment_intent", {
    ...intent,
    status: charge.captured ? "succeeded" : "requires_capture",
    amount_received: charge.captured ? intent.amount : 0,
    amount_capturable: charge.captured ? 0 : intent.amount,
    payment_method: paymentMethod.id,
    latest_charge: charge.id,
    last_payment_error: null,
    next_action: null,
  });
  if (!charge.captured) scheduleReservationEnd(tx, charge);
  tx.emit("charge.succeeded", charge);
  tx.emit(charge.captured ? "payment_intent.succeeded" : "payment_intent.amount_capturable_updated", paymentIntent);
  return { outcome: "succeeded", paymentIntent, charge };
}

/** From now on the card passes without its holder, as cards do once a set-up was authenticated. */
export function markAuthenticated(tx: Transaction, paymentMethod: string): void {
  const record = tx.find("payment_scenario", paymentMethod);
  if (record !== undefined) tx.put("payment_scenario", { ...record, authenticatedForOffSession: true });
}
