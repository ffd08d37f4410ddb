/**
 * Declined payments in words a person can follow, and when a payment method may go.
 *
 * Owns the table from Stripe's codes to advice. Refuses to tell a cardholder that a card was reported lost or stolen, or that
 * a payment looked like fraud: whoever holds the card may be the thief, so these read like any other decline.
 */
import { BillingError, type BillingErrorCode } from "../kernel/errors";
import type { PaymentStatus } from "./model";

const ASK_THE_BANK = "The bank declined the card without saying why. Use another card, or ask the bank.";
const CONFIRM = "The bank wants the cardholder to confirm this payment. Pay again and follow the bank's steps.";
const LIMIT = "The card's limit has been reached. Use another card, or ask the bank to raise the limit.";
const NOT_FOR_THIS = "The card cannot be used for this kind of payment. Use another card.";
const TRY_AGAIN = "The card could not be processed this time. Try again in a moment; nothing was charged.";
const WRONG_DETAILS = "A detail of the card is wrong. Check number, expiry date and security code, then try again.";

/** What to do about each of Stripe's codes. https://docs.stripe.com/declines/codes */
const ADVICE: Readonly<Record<string, string>> = {
  authentication_required: CONFIRM,
  approve_with_id: TRY_AGAIN,
  call_issuer: ASK_THE_BANK,
  card_not_supported: NOT_FOR_THIS,
  card_velocity_exceeded: LIMIT,
  currency_not_supported: "The card does not pay in this currency. Use another card.",
  do_not_honor: ASK_THE_BANK,
  do_not_try_again: ASK_THE_BANK,
  duplicate_transaction: "A payment of the same amount was made a moment ago. Look at the invoice before trying again.",
  expired_card: "The card has expired. Use another card, or enter the new expiry date.",
  generic_decline: ASK_THE_BANK,
  incorrect_cvc: "The security code is wrong. Check the three or four digits on the card and try again.",
  incorrect_number: "The card number is wrong. Check it and try again.",
  incorrect_zip: "The postal code does not match the card. Check it and try again.",
  insufficient_funds: "There is not enough money on the card. Use another card, or try again when it is covered.",
  invalid_account: NOT_FOR_THIS,
  invalid_amount: LIMIT,
  invalid_cvc: "The security code is wrong. Check the three or four digits on the card and try again.",
  invalid_expiry_month: WRONG_DETAILS,
  invalid_expiry_year: WRONG_DETAILS,
  invalid_number: "The card number is wrong. Check it and try again.",
  issuer_not_available: TRY_AGAIN,
  payment_intent_authentication_failure: CONFIRM,
  processing_error: TRY_AGAIN,
  reenter_transaction: TRY_AGAIN,
  setup_intent_authentication_failure: CONFIRM,
  try_again_later: TRY_AGAIN,
  withdrawal_count_limit_exceeded: LIMIT,
};

/** Advice for a declined payment, by the decline code where the bank gave one, else by Stripe's code. */
export function declineAdvice(code: string | null, declineCode: string | null): string {
  return ADVICE[declineCode ?? ""] ?? ADVICE[code ?? ""] ?? ASK_THE_BANK;
}

/** The stable name of a decline. */
export function declineErrorCode(code: string | null, declineCode: string | null): BillingErrorCode {
  const codes = [code, declineCode];
  if (codes.includes("insufficient_funds")) return "payment.insufficient_funds";
  const wantsPerson = codes.some((name) => name?.includes("authentication"));
  return wantsPerson ? "payment.authentication_required" : "payment.card_declined";
}

/** A failed payment as the error its caller gets. */
export function declineOf(payment: { failureCode: string | null; declineCode: string | null }): BillingError {
  const { failureCode, declineCode } = payment;
  return new BillingError(
    "declined",
    declineErrorCode(failureCode, declineCode),
    declineAdvice(failureCode, declineCode),
    { details: { stripeCode: failureCode, declineCode } },
  );
}

/** What to do about a wish to remove a payment method. */
export type RemovalDecision =
  | { do: "remove" /** The method that becomes the default, when the default goes. */; nextDefault: string | null }
  | { do: "refuse"; because: "not_found" | "in_use" };

/** Decides: the last method stays while a paid plan runs, because its next renewal would have nothing to charge. */
export function decideRemoval(facts: {
  methods: ReadonlyArray<{ stripePaymentMethodId: string; isDefault: boolean }>;
  removedId: string;
  hasPaidPlan: boolean;
}): RemovalDecision {
  const removed = facts.methods.find((method) => method.stripePaymentMethodId === facts.removedId);
  if (removed === undefined) return { do: "refuse", because: "not_found" };
  const others = facts.methods.filter((method) => method !== removed);
  if (others.length === 0 && facts.hasPaidPlan) return { do: "refuse", because: "in_use" };
  const nextDefault = removed.isDefault ? (others[0]?.stripePaymentMethodId ?? null) : null;
  return { do: "remove", nextDefault };
}

/** How far along a payment is; at equal times the picture further along is the newer one. */
const PROGRESS: Readonly<Record<PaymentStatus, number>> = {
  requires_payment_method: 0,
  requires_action: 1,
  processing: 2,
  failed: 2,
  succeeded: 3,
  canceled: 3,
};

/** Whether an incoming picture of a payment must not overwrite the known one. */
export function isOutdatedPayment(
  known: { status: PaymentStatus; amountRefundedMinor: bigint; sourceAt: Date },
  incoming: { status: PaymentStatus; amountRefundedMinor: bigint; sourceAt: Date },
): boolean {
  if (incoming.sourceAt.getTime() !== known.sourceAt.getTime()) return incoming.sourceAt < known.sourceAt;
  if (incoming.amountRefundedMinor !== known.amountRefundedMinor) {
    return incoming.amountRefundedMinor < known.amountRefundedMinor;
  }
  return PROGRESS[incoming.status] < PROGRESS[known.status];
}
