/**
 * Giving money back: never more than was taken and not yet returned.
 *
 * Two test cards behave differently in time: one refund stays pending for a while, the other succeeds and then fails.
 */
import type Stripe from "stripe";
import { registerDue } from "../clock/due";
import { invalidRequest } from "../http/errors";
import { idOf } from "../store/indexes";
import type { Transaction } from "../store/transaction";
import { clockOf } from "../webhooks/events";
import { previousAttributes } from "../webhooks/previous-attributes";
import { recordRefundBalance } from "./balance";
import { scenarioOf } from "./cards";
import { checkStep } from "./currency-step";
import { settleFraudWarnings } from "./early-fraud-warnings";

const SETTLEMENT_KIND = "refund_settlement";
const SETTLES_AFTER_SECONDS = 5;

/** What is to be given back, and why. */
export interface NewRefund {
  charge: Stripe.Charge;
  /** Absent: everything that is left. */
  amountMinor?: number | undefined;
  reason?: Stripe.Refund.Reason | null | undefined;
  metadata?: Record<string, string> | undefined;
  /** Where the customer of a bank account is told how to get the money. */
  instructionsEmail?: string | undefined;
}

function checkRefundable(tx: Transaction, charge: Stripe.Charge, amount: number): void {
  checkStep(amount, charge.currency, "amount");
  // Money that a chargeback has taken already cannot be given back a second time.
  if (tx.listBy("dispute", "charge", charge.id).some((dispute) => !dispute.is_charge_refundable)) {
    throw invalidRequest(`Charge ${charge.id} has been charged back; cannot issue a refund.`, {
      code: "charge_disputed",
      param: "charge",
    });
  }
  // What was reserved and never captured counts as refunded from the start.
  const left = charge.amount - charge.amount_refunded;
  if (!charge.captured || charge.status !== "succeeded") {
    throw invalidRequest(`Charge ${charge.id} cannot be refunded because it was not captured.`, { param: "charge" });
  }
  if (left <= 0) {
    throw invalidRequest(`Charge ${charge.id} has already been refunded.`, {
      code: "charge_already_refunded",
      param: "charge",
    });
  }
  if (amount > left) {
    throw invalidRequest(
      `Refund amount (${money(amount, charge)}) is greater than unrefunded amount on charge (${money(left, charge)})`,
      { param: "amount" },
    );
  }
}

function money(amount: number, charge: Stripe.Charge): string {
  return charge.currency === "usd"
    ? `$${(amount / 100).toFixed(2)}`
    : `${(amount / 100).toFixed(2)} ${charge.currency}`;
}

const cardDestination = {
  type: "card",
  card: { reference_status: "pending", reference_type: "acquirer_reference_number", type: "refund" },
} as const;

/** Refunds a charge, whole or in part. */
export function createRefund(tx: Transaction, given: NewRefund): Stripe.Refund {
  const { charge } = given;
  const amount = given.amountMinor ?? charge.amount - charge.amount_refunded;
  checkRefundable(tx, charge, amount);
  const method = idOf(charge.payment_method);
  const behaviour = method === null ? "immediate" : scenarioOf(tx, method).refund;
  const now = tx.now(clockOf(tx, charge));
  const draft: Stripe.Refund = {
    id: tx.newId(charge.id.startsWith("py_") ? "pyr" : "re"),
    object: "refund",
    amount,
    balance_transaction: null,
    charge: charge.id,
    created: now,
    currency: charge.currency,
    customer: idOf(charge.customer),
    customer_account: null,
    ...(charge.payment_method_details?.type === "card" ? { destination_details: cardDestination } : {}),
    ...(given.instructionsEmail === undefined ? {} : { instructions_email: given.instructionsEmail }),
    metadata: given.metadata ?? {},
    payment_intent: idOf(charge.payment_intent),
    payment_method: method,
    reason: given.reason ?? null,
    receipt_number: null,
    source_transfer_reversal: null,
    status: behaviour === "pending" ? "pending" : "succeeded",
    transfer_reversal: null,
    ...(behaviour === "pending" ? { pending_reason: "processing" as const } : {}),
  };
  const refund = tx.put("refund", { ...draft, balance_transaction: recordRefundBalance(tx, draft, charge).id });
  if (behaviour !== "immediate") {
    const clock = clockOf(tx, charge) ?? "default";
    tx.schedule({ clock, at: now + SETTLES_AFTER_SECONDS, kind: SETTLEMENT_KIND, subject: refund.id });
  }
  tx.emit("refund.created", refund);
  countRefund(tx, charge, amount);
  return refund;
}

function countRefund(tx: Transaction, charge: Stripe.Charge, amount: number): void {
  const total = charge.amount_refunded + amount;
  const next = tx.put("charge", { ...charge, amount_refunded: total, refunded: total === charge.amount });
  if (next.refunded) settleFraudWarnings(tx, next);
  if (amount > 0) tx.emit("charge.refunded", next);
  else tx.emit("charge.updated", next, previousAttributes(charge, next));
}

/** Stores a changed refund and says what changed. */
export function updateRefund(tx: Transaction, current: Stripe.Refund, next: Stripe.Refund): Stripe.Refund {
  const previous = previousAttributes(current, next);
  if (previous === undefined) return current;
  const refund = tx.put("refund", next);
  tx.emit("refund.updated", refund, previous);
  tx.emit("charge.refund.updated", refund, previous);
  return refund;
}

/** Calls a refund back that waits for its customer. Refunds to cards cannot be called back. */
export function cancelRefund(tx: Transaction, refund: Stripe.Refund): Stripe.Refund {
  if (refund.status !== "requires_action") {
    throw invalidRequest(
      `You can't cancel a refund with a status of ${refund.status ?? "unknown"}. Only refunds with a status of requires_action can be canceled.`,
      { code: "charge_not_refundable" },
    );
  }
  return returnMoney(tx, refund, { status: "canceled" });
}

/** Lets a refund that waits for its customer run out. */
export function expireRefund(tx: Transaction, refund: Stripe.Refund): Stripe.Refund {
  if (refund.status !== "requires_action") {
    throw invalidRequest(
      `Only refunds with a status of requires_action can expire; this one is ${refund.status ?? "unknown"}.`,
    );
  }
  const failed = returnMoney(tx, refund, { status: "failed", failure_reason: "expired_or_canceled_card" });
  tx.emit("refund.failed", failed);
  return failed;
}

function returnMoney(tx: Transaction, refund: Stripe.Refund, change: Partial<Stripe.Refund>): Stripe.Refund {
  const charge = tx.get("charge", idOf(refund.charge) ?? "");
  const movement = recordRefundBalance(tx, refund, charge, "refund_failure").id;
  const after = updateRefund(tx, refund, { ...refund, ...change, failure_balance_transaction: movement });
  countRefund(tx, charge, -refund.amount);
  return after;
}

registerDue(SETTLEMENT_KIND, (tx, moment) => {
  const refund = tx.find("refund", moment.subject);
  if (refund === undefined) return;
  if (refund.status === "pending") {
    const { pending_reason: _reason, ...rest } = refund;
    updateRefund(tx, refund, { ...rest, status: "succeeded" });
    return;
  }
  const charge = tx.find("charge", idOf(refund.charge) ?? "");
  if (charge === undefined) return;
  const failed = updateRefund(tx, refund, {
    ...refund,
    status: "failed",
    failure_reason: "expired_or_canceled_card",
    failure_balance_transaction: recordRefundBalance(tx, refund, charge, "refund_failure").id,
  });
  tx.emit("refund.failed", failed);
  countRefund(tx, charge, -refund.amount);
});
