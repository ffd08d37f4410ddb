/** Refusals of the payments slice in words. */
import { declineAdvice, declineErrorCode } from "../kernel/declines";
import { BillingError } from "../kernel/errors";
import { formatMoney, isCurrencyCode, stepText } from "../kernel/money";
import type { RefundDecision } from "./rules-refunds";

/** No such payment for this tenant. */
export function paymentNotFound(): BillingError {
  return new BillingError("not_found", "payment.not_found", "There is no such payment.");
}

/** No such saved method for this tenant. */
export function methodNotFound(): BillingError {
  return new BillingError("not_found", "payment.method_not_found", "There is no such payment method.");
}

/** The last method of a tenant that pays. */
export function methodInUse(): BillingError {
  return new BillingError(
    "precondition",
    "payment.method_in_use",
    "This is the only payment method and the paid plan needs one. Add another one first, or cancel the plan.",
  );
}

/** Nothing to charge. */
export function methodRequired(): BillingError {
  return new BillingError("precondition", "payment.method_required", "Add a payment method first.");
}

/** No bank account that waits under this id. */
export function verificationNotFound(): BillingError {
  return new BillingError(
    "not_found",
    "payment.verification_not_found",
    "No bank account waits for this. It may have been verified or given up meanwhile.",
  );
}

/** An amount that lies between two amounts its currency can be charged in. */
export function betweenSteps(currency: string): BillingError {
  const message = `This amount cannot be paid: ${stepText(currency)}. Choose a whole number of them.`;
  return new BillingError("invalid", "payment.amount_invalid", message, { details: { param: "amount" } });
}

/** A currency that payments are not charged in here, told by how it was written. */
export function otherCurrency(asked: string, charged: string): BillingError {
  const own = charged.toUpperCase();
  const message = isCurrencyCode(asked)
    ? `Payments here are charged in ${own}, the catalog's currency, and not in ${asked.toUpperCase()}.`
    : `"${asked.toUpperCase()}" is no currency of ISO 4217. Payments here are charged in ${own}, the catalog's.`;
  return new BillingError("invalid", "request.invalid", message, { details: { param: "currency" } });
}

/** The bank asks for somebody, and a payment of no invoice has no page of ours on which to answer. */
export const CONFIRM_ANEW =
  "The bank wants the cardholder to confirm this payment; nothing was charged. Ask for it anew with `on_session: true` " +
  "and let the cardholder confirm it in a browser, or charge another card.";

/** The advice for a payment that failed; one of an invoice can be made up for in the portal. */
export function paymentAdvice(payment: {
  stripeInvoiceId: string | null;
  failureCode: string | null;
  declineCode: string | null;
}): string {
  const { stripeInvoiceId, failureCode, declineCode } = payment;
  const asksForPerson = declineErrorCode(failureCode, declineCode) === "payment.authentication_required";
  return stripeInvoiceId === null && asksForPerson ? CONFIRM_ANEW : declineAdvice(failureCode, declineCode);
}

/** The error of a refund that was refused. */
export function refundRefusal(decision: Extract<RefundDecision, { do: "refuse" }>, currency: string): BillingError {
  if (decision.because === "exceeds") {
    const left = formatMoney({ amountMinor: decision.leftMinor, currency });
    return new BillingError("precondition", "payment.refund_exceeds", `At most ${left} can be given back.`, {
      details: { leftMinor: Number(decision.leftMinor), currency },
    });
  }
  if (decision.because === "between_steps") return betweenSteps(currency);
  const message =
    decision.because === "nothing_left"
      ? "All of this payment has been given back already."
      : "This payment has not come in, so there is nothing to give back.";
  return new BillingError("precondition", "payment.not_refundable", message);
}
