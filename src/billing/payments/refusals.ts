/** Refusals of the payments slice in words. */
import { BillingError } from "../kernel/errors";
import { formatMoney, stepText } from "../kernel/money";
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

/** The error of a refund that was refused. */
export function refundRefusal(decision: Extract<RefundDecision, { do: "refuse" }>, currency: string): BillingError {
  if (decision.because === "exceeds") {
    const left = formatMoney({ amountMinor: decision.leftMinor, currency });
    return new BillingError("precondition", "payment.refund_exceeds", `At most ${left} can be given back.`, {
      details: { leftMinor: Number(decision.leftMinor) },
    });
  }
  if (decision.because === "between_steps") return betweenSteps(currency);
  const message =
    decision.because === "nothing_left"
      ? "All of this payment has been given back already."
      : "This payment has not come in, so there is nothing to give back.";
  return new BillingError("precondition", "payment.not_refundable", message);
}
