/** Balance transactions: what a charge or refund does to the account's money, fees included. */
import type Stripe from "stripe";
import type { Transaction } from "../store/transaction";
import { clockOf } from "../webhooks/events";

const FEE_FIXED_MINOR = 30;
const AVAILABLE_AFTER_SECONDS = 2 * 86_400;

/** 2.9 % and 30 minor units, rounded half up: Stripe's list price for a domestic card. */
export function processingFee(amountMinor: number): number {
  return Math.floor((amountMinor * 29 + 500) / 1_000) + FEE_FIXED_MINOR;
}

/** The balance transaction of a captured charge. */
export function recordBalance(
  tx: Transaction,
  charge: Stripe.Charge,
  isAvailableNow: boolean,
): Stripe.BalanceTransaction {
  const now = tx.now(clockOf(tx, charge));
  const amount = charge.captured ? charge.amount_captured : 0;
  const fee = processingFee(amount);
  return tx.put("balance_transaction", {
    id: tx.newId("txn"),
    object: "balance_transaction",
    amount,
    available_on: isAvailableNow ? now : now + AVAILABLE_AFTER_SECONDS,
    balance_type: "payments",
    created: now,
    currency: charge.currency,
    description: charge.description,
    exchange_rate: null,
    fee,
    fee_details: [
      {
        amount: fee,
        application: null,
        currency: charge.currency,
        description: "Stripe processing fees",
        type: "stripe_fee",
      },
    ],
    net: amount - fee,
    reporting_category: "charge",
    source: charge.id,
    status: isAvailableNow ? "available" : "pending",
    type: "charge",
  });
}

/**
 * The balance transaction of a refund: the amount leaves, the fee of the charge is not given back. A refund that fails
 * later brings the amount back.
 */
export function recordRefundBalance(
  tx: Transaction,
  refund: Stripe.Refund,
  charge: Stripe.Charge,
  type: "refund" | "refund_failure" = "refund",
): Stripe.BalanceTransaction {
  const now = tx.now(clockOf(tx, charge));
  const amount = type === "refund" ? -refund.amount : refund.amount;
  const title = type === "refund" ? "REFUND FOR CHARGE" : "REFUND FAILURE FOR CHARGE";
  return tx.put("balance_transaction", {
    id: tx.newId("txn"),
    object: "balance_transaction",
    amount,
    available_on: now,
    balance_type: "payments",
    created: now,
    currency: refund.currency,
    description: `${title}${charge.description === null ? "" : ` (${charge.description})`}`,
    exchange_rate: null,
    fee: 0,
    fee_details: [],
    net: amount,
    reporting_category: type,
    source: refund.id,
    status: "available",
    type,
  });
}

const DISPUTE_FEE_MINOR = 1_500;

/** The balance transaction of a chargeback (the amount and a fee go), or of its reversal (the amount comes back). */
export function recordDisputeBalance(
  tx: Transaction,
  dispute: Stripe.Dispute,
  charge: Stripe.Charge,
  category: "dispute" | "dispute_reversal",
): Stripe.BalanceTransaction {
  const now = tx.now(clockOf(tx, charge));
  const isWithdrawal = category === "dispute";
  const amount = isWithdrawal ? -dispute.amount : dispute.amount;
  const fee = isWithdrawal ? DISPUTE_FEE_MINOR : 0;
  const feeDetail = { amount: fee, application: null, currency: dispute.currency, description: "Dispute fee" };
  return tx.put("balance_transaction", {
    id: tx.newId("txn"),
    object: "balance_transaction",
    amount,
    available_on: now,
    balance_type: "payments",
    created: now,
    currency: dispute.currency,
    description: `Chargeback ${isWithdrawal ? "withdrawal" : "reversal"} for ${charge.id}`,
    exchange_rate: null,
    fee,
    fee_details: fee === 0 ? [] : [{ ...feeDetail, type: "stripe_fee" }],
    net: amount - fee,
    reporting_category: category,
    source: dispute.id,
    status: "available",
    type: "adjustment",
  });
}
