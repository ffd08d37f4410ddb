/**
 * Declined payments in words a person can follow, and the error they become: the one table, for verbs, the gateway and
 * pages alike.
 *
 * Refuses to tell a cardholder that a card was reported lost or stolen, or that a payment looked like fraud: whoever holds
 * the card may be the thief, so these read like any other decline.
 */
import { BillingError, type BillingErrorCode, type ErrorDetails } from "./errors";

const ASK_THE_BANK = "The bank declined this card. Nothing was charged. Use another card, or ask your bank.";
const CONFIRM =
  "The bank wants the cardholder to confirm this payment. Pay it in the portal and follow the bank's steps.";
const LIMIT = "The card's limit has been reached. Use another card, or ask the bank to raise the limit.";
const NOT_FOR_THIS = "The card cannot be used for this kind of payment. Use another card.";
const TRY_AGAIN = "The card could not be processed this time. Try again in a moment; nothing was charged.";
const WRONG_DETAILS = "A detail of the card is wrong. Check number, expiry date and security code, then try again.";
const WRONG_CVC = "The security code is wrong. Check the three or four digits on the card and try again.";
const ACCOUNT_GONE = "The bank account can no longer be charged. Add another account, or use a card.";
const NOT_ALLOWED = "The account's holder or bank does not allow this debit. Ask the bank, or use a card.";
const ADD_AGAIN = "Add the account again, or use a card.";

/** What to do about each of Stripe's codes. https://docs.stripe.com/declines/codes */
const ADVICE: Readonly<Record<string, string>> = {
  account_closed: ACCOUNT_GONE,
  approve_with_id: TRY_AGAIN,
  authentication_required: CONFIRM,
  bank_account_restricted: ACCOUNT_GONE,
  bank_account_unusable: ACCOUNT_GONE,
  call_issuer: ASK_THE_BANK,
  card_declined: ASK_THE_BANK,
  card_not_supported: NOT_FOR_THIS,
  card_velocity_exceeded: LIMIT,
  currency_not_supported: "The card does not pay in this currency. Use another card.",
  debit_not_authorized: NOT_ALLOWED,
  do_not_honor: ASK_THE_BANK,
  do_not_try_again: ASK_THE_BANK,
  duplicate_transaction: "A payment of the same amount was made a moment ago. Look at the invoice before trying again.",
  expired_card: "The card has expired. Use another card, or enter the new expiry date.",
  generic_decline: ASK_THE_BANK,
  incorrect_cvc: WRONG_CVC,
  incorrect_number: "The card number is wrong. Check it and try again.",
  incorrect_zip: "The postal code does not match the card. Check it and try again.",
  insufficient_funds: "There is not enough money on the card. Use another card, or try again when it is covered.",
  invalid_account: NOT_FOR_THIS,
  invalid_amount: LIMIT,
  invalid_cvc: WRONG_CVC,
  invalid_expiry_month: WRONG_DETAILS,
  invalid_expiry_year: WRONG_DETAILS,
  invalid_number: "The card number is wrong. Check it and try again.",
  invoice_payment_intent_requires_action: CONFIRM,
  issuer_not_available: TRY_AGAIN,
  no_account: ACCOUNT_GONE,
  payment_intent_authentication_failure: CONFIRM,
  payment_method_microdeposit_failed: `The two small deposits could not be made. Check the account's numbers. ${ADD_AGAIN}`,
  payment_method_microdeposit_verification_amounts_mismatch:
    "These are not the amounts of the two deposits. Look at the bank statement again.",
  payment_method_microdeposit_verification_attempts_exceeded: `Too many wrong answers were given. ${ADD_AGAIN}`,
  payment_method_microdeposit_verification_descriptor_code_mismatch:
    "This is not the code of the deposit. It begins with SM and stands beside the deposit on the bank statement.",
  payment_method_microdeposit_verification_timeout: `The account was not verified within ten days. ${ADD_AGAIN}`,
  processing_error: TRY_AGAIN,
  reenter_transaction: TRY_AGAIN,
  setup_intent_authentication_failure: CONFIRM,
  subscription_payment_intent_requires_action: CONFIRM,
  try_again_later: TRY_AGAIN,
  withdrawal_count_limit_exceeded: LIMIT,
};

/** Codes by which a payment asks for the cardholder's presence; the last two come from subscriptions and invoices. */
const ASKS_FOR_PERSON: ReadonlySet<string> = new Set([
  "authentication_required",
  "payment_intent_authentication_failure",
  "setup_intent_authentication_failure",
  "subscription_payment_intent_requires_action",
  "invoice_payment_intent_requires_action",
]);

/** Advice for a declined payment, by the decline code where the bank gave one, else by Stripe's code. */
export function declineAdvice(code: string | null, declineCode: string | null): string {
  return knownAdvice(code, declineCode) ?? ASK_THE_BANK;
}

/** Like declineAdvice; null for codes that stand for no decline. */
export function knownAdvice(code: string | null, declineCode: string | null): string | null {
  return ADVICE[declineCode ?? ""] ?? ADVICE[code ?? ""] ?? null;
}

/** The stable name of a decline, which also decides the class of its error. */
export function declineErrorCode(code: string | null, declineCode: string | null): BillingErrorCode {
  const codes = [code ?? "", declineCode ?? ""];
  if (codes.includes("insufficient_funds")) return "payment.insufficient_funds";
  return codes.some((name) => ASKS_FOR_PERSON.has(name)) ? "payment.authentication_required" : "payment.card_declined";
}

/** The error of a decline: InsufficientFundsError, AuthenticationRequiredError or CardDeclinedError, with its advice. */
export function declineError(
  decline: { code: string | null; declineCode: string | null },
  options: { details?: ErrorDetails; cause?: unknown } = {},
): BillingError {
  const { code, declineCode } = decline;
  return new BillingError("declined", declineErrorCode(code, declineCode), declineAdvice(code, declineCode), {
    details: { ...options.details, stripeCode: code, declineCode },
    cause: options.cause,
  });
}
