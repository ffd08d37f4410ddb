/**
 * The records an attempt to charge leaves behind: the charge with its details and outcome, and the refused intent.
 *
 * It decides nothing; charge.ts and debits.ts do.
 */
import type Stripe from "stripe";
import { idOf } from "../store/indexes";
import type { Transaction } from "../store/transaction";
import { clockOf } from "../webhooks/events";
import { recordBalance } from "./balance";
import { scheduleDisputes } from "./disputes";
import { failureBody, type PaymentFailure } from "./failures";
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

function bankDetails(method: Stripe.PaymentMethod): Stripe.Charge.PaymentMethodDetails {
  const { us_bank_account: account, sepa_debit: sepa } = method;
  if (account) {
    const { account_holder_type, account_type, bank_name, fingerprint, last4, routing_number } = account;
    const details = { account_holder_type, account_type, bank_name, fingerprint, last4, routing_number };
    return { type: "us_bank_account", us_bank_account: { ...details, payment_reference: null } };
  }
  if (!sepa) throw new Error(`${method.id} is no bank account.`);
  const { bank_code, branch_code, country, fingerprint, last4 } = sepa;
  return { type: "sepa_debit", sepa_debit: { bank_code, branch_code, country, fingerprint, last4, mandate: null } };
}

/** Stores what an attempt came to as a charge: a refused one, a paid one, or a debit that is on its way. */
export function storeCharge(
  tx: Transaction,
  attempt: ChargeAttempt,
  scenario: CardScenario,
  failure: PaymentFailure | null,
  isPending = false,
): Stripe.Charge {
  const { paymentIntent: intent, paymentMethod } = attempt;
  const captured = failure === null && intent.capture_method !== "manual";
  const charge: Stripe.Charge = {
    id: tx.newId(scenario.bank === null ? "ch" : "py"),
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
    paid: failure === null && !isPending,
    payment_intent: intent.id,
    payment_method: paymentMethod.id,
    payment_method_details: scenario.bank === null ? cardDetails(attempt, scenario) : bankDetails(paymentMethod),
    receipt_email: intent.receipt_email,
    receipt_number: null,
    receipt_url: null,
    refunded: false,
    review: null,
    shipping: intent.shipping,
    source: null,
    source_transfer: null,
    statement_descriptor: intent.statement_descriptor,
    statement_descriptor_suffix: null,
    status: failure !== null ? "failed" : isPending ? "pending" : "succeeded",
    transfer_data: null,
    transfer_group: null,
  };
  const balance = captured && !isPending ? recordBalance(tx, charge, scenario.bypassesPending).id : null;
  const stored = tx.put("charge", { ...charge, balance_transaction: balance });
  if (captured && !isPending) scheduleDisputes(tx, stored);
  return stored;
}
