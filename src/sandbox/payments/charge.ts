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
import { clockOf } from "../webhooks/events";
import { recordBalance } from "./balance";
import { attachPaymentMethod, scenarioOf } from "./cards";
import { scheduleDisputes } from "./disputes";
import { failureBody, type PaymentFailure, paymentFailure } from "./failures";
import { checkOwner, setIntentSecret } from "./intents";
import type { CardScenario } from "./scenarios";

/** One try to take an intent's money from a payment method. */
export interface ChargeAttempt {
  /** The intent to charge for; amount, currency and customer are its. */
  paymentIntent: Stripe.PaymentIntent;
  paymentMethod: Stripe.PaymentMethod;
  /** Nobody is there to authenticate: a card that insists declines with authentication_required. */
  offSession: boolean;
  /** The holder has just authenticated this very attempt. */
  authenticated?: boolean;
  /** Where a redirect returns to, and the server's base URL; without them the browser library shows the challenge. */
  redirect?: { returnUrl: string; baseUrl: string } | null;
}

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
  | { outcome: "requires_action"; paymentIntent: Stripe.PaymentIntent };

type Decision = { kind: "pay" } | { kind: "ask" } | { kind: "decline"; failure: PaymentFailure };

/** Charges a card for an intent, or finds that its holder must authenticate, or that it is refused. */
export function attemptCharge(tx: Transaction, attempt: ChargeAttempt): ChargeOutcome {
  checkOwner(attempt.paymentMethod, idOf(attempt.paymentIntent.customer));
  const scenario = scenarioOf(tx, attempt.paymentMethod.id);
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
  tx.emit("charge.succeeded", charge);
  tx.emit(charge.captured ? "payment_intent.succeeded" : "payment_intent.amount_capturable_updated", paymentIntent);
  return { outcome: "succeeded", paymentIntent, charge };
}

/** From now on the card passes without its holder, as cards do once a set-up was authenticated. */
export function markAuthenticated(tx: Transaction, paymentMethod: string): void {
  const record = tx.find("payment_scenario", paymentMethod);
  if (record !== undefined) tx.put("payment_scenario", { ...record, authenticatedForOffSession: true });
}

/** Puts an intent back to requires_payment_method with the reason, and says so. */
export function failPaymentIntent(
  tx: Transaction,
  attempt: Pick<ChargeAttempt, "paymentIntent" | "paymentMethod">,
  failure: PaymentFailure,
  charge: Stripe.Charge | null,
): Stripe.PaymentIntent {
  const paymentMethod = tx.find("payment_method", attempt.paymentMethod.id) ?? attempt.paymentMethod;
  const paymentIntent = tx.put("payment_intent", {
    ...attempt.paymentIntent,
    status: "requires_payment_method",
    payment_method: null,
    next_action: null,
    latest_charge: charge?.id ?? attempt.paymentIntent.latest_charge,
    last_payment_error: {
      ...failureBody(failure),
      ...(charge === null ? { type: "invalid_request_error" as const } : { charge: charge.id }),
      payment_method: paymentMethod,
    },
  });
  tx.emit("payment_intent.payment_failed", paymentIntent);
  return paymentIntent;
}

const adviceOf: Record<string, string> = {
  insufficient_funds: "try_again_later",
  card_velocity_exceeded: "try_again_later",
  generic_decline: "try_again_later",
  expired_card: "confirm_card_data",
  incorrect_cvc: "confirm_card_data",
  lost_card: "do_not_try_again",
  stolen_card: "do_not_try_again",
};

function outcomeOf(scenario: CardScenario, failure: PaymentFailure | null): Stripe.Charge.Outcome {
  const risk = { risk_level: scenario.risk, risk_score: { normal: 20, elevated: 70, highest: 90 }[scenario.risk] };
  const base = { advice_code: null, network_advice_code: null, network_decline_code: null, ...risk };
  if (failure === null) {
    return {
      ...base,
      network_status: "approved_by_network",
      reason: scenario.risk === "elevated" ? "elevated_risk_level" : null,
      seller_message: "Payment complete.",
      type: "authorized",
    };
  }
  if (failure.declineCode === "fraudulent" && scenario.risk === "highest") {
    return {
      ...base,
      network_status: "not_sent_to_network",
      reason: "highest_risk_level",
      seller_message: "Stripe blocked this payment as too risky.",
      type: "blocked",
    };
  }
  const reason = failure.declineCode ?? failure.code;
  return {
    ...base,
    advice_code: adviceOf[reason] ?? null,
    network_decline_code: reason === "insufficient_funds" ? "51" : "01",
    network_status: "declined_by_network",
    reason,
    seller_message:
      reason === "generic_decline"
        ? "The bank did not return any further details with this decline."
        : `The bank returned the decline code \`${reason}\`.`,
    type: "issuer_declined",
  };
}

function cardDetails(attempt: ChargeAttempt, scenario: CardScenario): Stripe.Charge.PaymentMethodDetails {
  const card = attempt.paymentMethod.card;
  if (card === undefined || card === null) throw new Error(`${attempt.paymentMethod.id} is not a card.`);
  return {
    type: "card",
    card: {
      amount_authorized: attempt.paymentIntent.amount,
      authorization_code: null,
      brand: card.brand,
      checks: {
        address_line1_check: card.checks?.address_line1_check ?? null,
        address_postal_code_check: card.checks?.address_postal_code_check ?? null,
        cvc_check: attempt.offSession ? null : scenario.checks.cvc,
      },
      country: card.country,
      electronic_commerce_indicator: null,
      exp_month: card.exp_month,
      exp_year: card.exp_year,
      fingerprint: card.fingerprint ?? null,
      funding: card.funding,
      installments: null,
      last4: card.last4,
      mandate: null,
      network: scenario.brand,
      network_transaction_id: null,
      regulated_status: "unregulated",
      three_d_secure:
        attempt.authenticated === true
          ? {
              authentication_flow: "challenge",
              electronic_commerce_indicator: "05",
              exemption_indicator: null,
              result: "authenticated",
              result_reason: null,
              transaction_id: null,
              version: "2.2.0",
            }
          : null,
      transaction_link_id: null,
      wallet: null,
    },
  };
}

function storeCharge(
  tx: Transaction,
  attempt: ChargeAttempt,
  scenario: CardScenario,
  failure: PaymentFailure | null,
): Stripe.Charge {
  const { paymentIntent: intent, paymentMethod } = attempt;
  const captured = failure === null && intent.capture_method !== "manual";
  const charge: Stripe.Charge = {
    id: tx.newId("ch"),
    object: "charge",
    amount: intent.amount,
    amount_captured: captured ? intent.amount : 0,
    amount_refunded: 0,
    application: null,
    application_fee: null,
    application_fee_amount: null,
    balance_transaction: null,
    billing_details: paymentMethod.billing_details,
    calculated_statement_descriptor: intent.statement_descriptor ?? "SANDBOX",
    captured,
    created: tx.now(clockOf(tx, intent)),
    currency: intent.currency,
    customer: idOf(intent.customer),
    description: intent.description,
    disputed: false,
    failure_balance_transaction: null,
    failure_code: failure?.code ?? null,
    failure_message: failure?.message ?? null,
    fraud_details: {},
    livemode: false,
    metadata: intent.metadata,
    on_behalf_of: null,
    outcome: outcomeOf(scenario, failure),
    paid: failure === null,
    payment_intent: intent.id,
    payment_method: paymentMethod.id,
    payment_method_details: cardDetails(attempt, scenario),
    receipt_email: intent.receipt_email,
    receipt_number: null,
    receipt_url: null,
    refunded: false,
    review: null,
    shipping: null,
    source: null,
    source_transfer: null,
    statement_descriptor: intent.statement_descriptor,
    statement_descriptor_suffix: null,
    status: failure === null ? "succeeded" : "failed",
    transfer_data: null,
    transfer_group: null,
  };
  const balance = captured ? recordBalance(tx, charge, scenario.bypassesPending).id : null;
  const stored = tx.put("charge", { ...charge, balance_transaction: balance });
  if (captured) scheduleDisputes(tx, stored);
  return stored;
}
