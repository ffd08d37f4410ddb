/**
 * Dunning: when a failed invoice is tried again, and what happens when no try is left.
 *
 * Owns: the schedule (days after the previous failure) and the last step.
 *
 *   attempt 1 ──3 d──► attempt 2 ──5 d──► attempt 3 ──7 d──► attempt 4 ──► canceled, reason payment_failed
 *                                                                     or ──► unpaid: later invoices stay drafts
 *                                                                     or ──► past_due, as it was
 *
 * A fixed schedule replaces Stripe's learned one, so that a test can say on which day what happens.
 */
import type Stripe from "stripe";
import type { AccountSettings, Transaction } from "../store/transaction";
import { endSubscription } from "./end-subscription";
import { clockNameOf, nowOf, reviseSubscription, subscriptionOf } from "./records";
import { invoiceDueKinds } from "./settle";

/** Days between one failed automatic attempt and the next. */
export const retryDelayDays: readonly number[] = [3, 5, 7];

const secondsPerDay = 86_400;

/** Refusals that trying again cannot cure: attempts are still counted, but no charge is made with the same method. */
const hopelessCodes = new Set([
  "incorrect_number",
  "lost_card",
  "pickup_card",
  "stolen_card",
  "revocation_of_authorization",
  "revocation_of_all_authorizations",
  "authentication_required",
  "highest_risk_level",
  "transaction_not_allowed",
]);

/** A bank account is debited again twice at most, and only when it had no money. */
const debitRetries = 2;
const debitCure = "insufficient_funds";

/** When the invoice is tried next after its n-th automatic attempt failed; null when no try is left. */
export function nextAttemptAt(now: number, attemptCount: number, isDebit: boolean): number | null {
  if (isDebit && attemptCount > debitRetries) return null;
  const days = retryDelayDays[attemptCount - 1];
  return days === undefined ? null : now + days * secondsPerDay;
}

/** Whether charging this method again would be pointless after the intent's last error. */
export function isHopeless(intent: Stripe.PaymentIntent, paymentMethod: string): boolean {
  const error = intent.last_payment_error;
  if (!error || error.payment_method?.id !== paymentMethod) return false;
  if (error.payment_method.type !== "card") return error.code !== debitCure && error.decline_code !== debitCure;
  return hopelessCodes.has(error.decline_code ?? "") || hopelessCodes.has(error.code ?? "");
}

/** What the account's settings say about the end of retries. */
function afterRetries(tx: Transaction): AccountSettings["afterRetries"] {
  return tx.find("account_settings", "account")?.afterRetries ?? "canceled";
}

/** Schedules the next attempt that the invoice announces, or carries out the last step of dunning. */
export function continueDunning(tx: Transaction, invoice: Stripe.Invoice): void {
  if (invoice.next_payment_attempt !== null) {
    tx.schedule({
      clock: clockNameOf(invoice),
      at: invoice.next_payment_attempt,
      kind: invoiceDueKinds.attempt,
      subject: invoice.id,
    });
    return;
  }
  const subscription = subscriptionOf(tx, invoice);
  if (subscription?.status !== "past_due") return;
  const end = afterRetries(tx);
  if (end === "unpaid") reviseSubscription(tx, subscription, { status: "unpaid" });
  if (end !== "canceled") return;
  endSubscription(tx, subscription, { at: nowOf(tx, subscription), reason: "payment_failed" });
}
