/**
 * Bank debits: payments that are on their way for days before anybody knows what they come to.
 *
 *   confirm ─► processing ── 4 days (SEPA: 5) ──► succeeded | requires_payment_method
 *
 * Owns: the pending charge and its settlement at a due moment, which tells billing as a confirmation does.
 */
import type Stripe from "stripe";
import { registerDue } from "../clock/due";
import { invalidRequest } from "../http/errors";
import { idOf } from "../store/indexes";
import type { Transaction } from "../store/transaction";
import { clockOf } from "../webhooks/events";
import { recordBalance } from "./balance";
import { awaitsVerification } from "./bank-accounts";
import { attachPaymentMethod, scenarioOf } from "./cards";
import type { ChargeOutcome } from "./charge";
import { type ChargeAttempt, failPaymentIntent, storeCharge } from "./charge-record";
import { scheduleDisputes } from "./disputes";
import type { PaymentFailure } from "./failures";
import { paymentIntentSettled } from "./hooks";
import { microdepositAction, scheduleDeposits } from "./microdeposits";
import type { CardScenario } from "./scenarios";

const SETTLEMENT_KIND = "debit_settlement";
const SECONDS_PER_DAY = 86_400;
const settlementDays = { us_bank_account: 4, sepa_debit: 5 } as const;
const currencyOf = { us_bank_account: "usd", sepa_debit: "eur" } as const;

const messages: Record<string, string> = {
  account_closed: "The customer's bank account has been closed.",
  no_account: "The customer's bank account could not be located.",
  insufficient_funds: "The customer's account has insufficient funds to cover this payment.",
  debit_not_authorized: "The customer has notified their bank that this payment was unauthorized.",
  payment_method_currency_mismatch: "The bank could not process this payment in its currency.",
};

/** Starts a debit for an intent, or asks for the verification of the account first. */
export function startDebit(tx: Transaction, attempt: ChargeAttempt, scenario: CardScenario): ChargeOutcome {
  const { paymentIntent: intent, paymentMethod: method } = attempt;
  const type = scenario.bank?.type ?? "us_bank_account";
  if (intent.currency !== currencyOf[type]) {
    throw invalidRequest(`A payment method of type ${type} only takes payments in ${currencyOf[type]}.`, {
      code: "payment_method_currency_mismatch",
      param: "payment_method",
    });
  }
  if (intent.capture_method === "manual") {
    throw invalidRequest(`A payment method of type ${type} cannot be captured later.`, { param: "capture_method" });
  }
  const types = [...new Set([...intent.payment_method_types, type])];
  if (awaitsVerification(tx, method)) {
    const waiting = tx.put("payment_intent", {
      ...intent,
      status: "requires_action",
      payment_method: method.id,
      payment_method_types: types,
      next_action: microdepositAction(tx.now(clockOf(tx, intent))),
    });
    scheduleDeposits(tx, waiting, scenario);
    tx.emit("payment_intent.requires_action", waiting);
    return { outcome: "requires_action", paymentIntent: waiting };
  }
  const charge = storeCharge(tx, attempt, scenario, null, true);
  const customer = idOf(intent.customer);
  if (customer !== null && intent.setup_future_usage !== null) attachPaymentMethod(tx, method, customer);
  const paymentIntent = tx.put("payment_intent", {
    ...intent,
    status: "processing",
    payment_method: method.id,
    payment_method_types: types,
    latest_charge: charge.id,
    last_payment_error: null,
    next_action: null,
  });
  tx.emit("charge.pending", charge);
  tx.emit("payment_intent.processing", paymentIntent);
  if (scenario.bank?.settles !== "never") {
    const at = charge.created + settlementDays[type] * SECONDS_PER_DAY;
    tx.schedule({ clock: clockOf(tx, intent) ?? "default", at, kind: SETTLEMENT_KIND, subject: charge.id });
  }
  return { outcome: "processing", paymentIntent, charge };
}

/** What a debit comes to: as a person chose for the customer's next payment, else as the account does. */
function failureOf(tx: Transaction, charge: Stripe.Charge, scenario: CardScenario): PaymentFailure | null {
  const chosen = tx.find("next_payment", idOf(charge.customer) ?? "");
  if (chosen !== undefined) tx.remove("next_payment", chosen.id);
  const outcome = chosen?.outcome ?? scenario.bank?.settles ?? "succeeds";
  if (outcome === "succeeds" || outcome === "succeed") return null;
  return { code: outcome, declineCode: null, message: messages[outcome] ?? "The bank refused this payment." };
}

registerDue(SETTLEMENT_KIND, (tx, { subject }) => {
  const charge = tx.find("charge", subject);
  const intent = tx.find("payment_intent", idOf(charge?.payment_intent) ?? "");
  const method = tx.find("payment_method", idOf(charge?.payment_method) ?? "");
  if (charge?.status !== "pending" || intent === undefined || method === undefined) return;
  const scenario = scenarioOf(tx, method.id);
  const canceled = { code: "processing_error", declineCode: null, message: "The payment was canceled." };
  const isCanceled = intent.status !== "processing";
  const failure = isCanceled ? canceled : failureOf(tx, charge, scenario);
  if (failure !== null) {
    const reason = { failure_code: failure.code, failure_message: failure.message };
    const failed = tx.put("charge", { ...charge, ...reason, amount_captured: 0, captured: false, status: "failed" });
    tx.emit("charge.failed", failed);
    if (isCanceled) return;
    const paymentIntent = failPaymentIntent(tx, { paymentIntent: intent, paymentMethod: method }, failure, failed);
    paymentIntentSettled(tx, paymentIntent, { outcome: "declined", paymentIntent, charge: failed, failure });
    return;
  }
  const balance = recordBalance(tx, charge, scenario.bypassesPending).id;
  const paid = tx.put("charge", { ...charge, balance_transaction: balance, paid: true, status: "succeeded" });
  const paymentIntent = tx.put("payment_intent", { ...intent, amount_received: paid.amount, status: "succeeded" });
  scheduleDisputes(tx, paid);
  tx.emit("charge.succeeded", paid);
  tx.emit("payment_intent.succeeded", paymentIntent);
  paymentIntentSettled(tx, paymentIntent, { outcome: "succeeded", paymentIntent, charge: paid });
});
