/**
 * Issuing an invoice inside a request: the invoices of creating or changing a subscription are finalised, and unless told
 * otherwise collected, before the request answers.
 */
import type Stripe from "stripe";
import { cardError } from "../http/errors";
import type { Transaction } from "../store/transaction";
import { type AttemptOutcome, attemptInvoice } from "./collect";
import { finaliseInvoice } from "./finalise";
import { defaultIntent, refusal } from "./invoice-payments";

/** How an immediate invoice is collected. `none` leaves it open until the customer pays. */
export interface ImmediateTerms {
  attempt: "none" | "onSession" | "offSession";
}

/** Finalises a draft now and, unless told otherwise, tries to collect it now. */
export function issueNow(
  tx: Transaction,
  draftId: string,
  terms: ImmediateTerms,
): { invoice: Stripe.Invoice; outcome: AttemptOutcome | "nothingDue" | "notTried" } {
  tx.emit("invoice.created", tx.get("invoice", draftId));
  const invoice = finaliseInvoice(tx, draftId, { autoAdvance: false });
  if (invoice.status === "paid") return { invoice, outcome: "nothingDue" };
  if (invoice.collection_method === "send_invoice") {
    tx.emit("invoice.sent", invoice);
    return { invoice, outcome: "notTried" };
  }
  if (terms.attempt === "none") return { invoice, outcome: "notTried" };
  const outcome = attemptInvoice(tx, invoice, { automatic: false, offSession: terms.attempt === "offSession" });
  return { invoice: tx.get("invoice", draftId), outcome };
}

/** The 402 of a request that was to change nothing unless the payment succeeds. It undoes the whole request. */
export function paymentRefused(tx: Transaction, invoice: Stripe.Invoice): Error {
  const intent = defaultIntent(tx, invoice.id);
  if (intent?.last_payment_error) return refusal(intent, { commit: false });
  return cardError(
    {
      code: "subscription_payment_intent_requires_action",
      message: "Payment for this subscription requires additional user action before it can be completed successfully.",
    },
    { commit: false },
  );
}
