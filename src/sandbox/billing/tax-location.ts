/**
 * Invoices whose taxes cannot be calculated, because nobody knows where the customer is.
 *
 *   a subscription's own invoice, in time ──► automatic tax is turned off on both, and it is finalised without taxes
 *   a one-off invoice, or any by hand     ──► stays a draft: invoice.finalization_failed, last_finalization_error
 *
 * Owns: both ways, and trying again when the location comes.
 */
import type Stripe from "stripe";
import { StripeError } from "../http/errors";
import { idOf } from "../store/indexes";
import type { Transaction } from "../store/transaction";
import { placeOf } from "../tax/customer-location";
import { previousAttributes } from "../webhooks/previous-attributes";
import { customerSnapshot, retotal } from "./draft";
import { clockNameOf, nowOf, reviseSubscription, saveInvoice, subscriptionOf } from "./records";
import { reviseSchedule } from "./schedule-state";
import { invoiceDueKinds } from "./settle";

const message =
  "The customer's location isn't recognized. Set a valid customer address in order to automatically calculate tax.";

/** A finalisation that failed for want of a location. It is an error to a caller, and a fact. */
export class LocationMissing extends StripeError {
  constructor() {
    super(400, { type: "invalid_request_error", code: "customer_tax_location_invalid", message }, { commit: true });
  }
}

/**
 * Makes sure that a draft which was just added up can be finalised, and answers it as it then is. Throws LocationMissing,
 * having recorded the failure, when it cannot.
 */
export function settleTaxLocation(
  tx: Transaction,
  draft: Stripe.Invoice,
  options: { byHand: boolean },
): Stripe.Invoice {
  if (!draft.automatic_tax.enabled || draft.automatic_tax.status === "complete") return draft;
  const subscription = subscriptionOf(tx, draft);
  if (options.byHand || subscription === null || draft.billing_reason === "manual") {
    recordFailure(tx, draft, options.byHand);
    throw new LocationMissing();
  }
  saveInvoice(tx, {
    ...draft,
    automatic_tax: {
      ...draft.automatic_tax,
      disabled_reason: "finalization_requires_location_inputs",
      enabled: false,
      liability: null,
      provider: null,
    },
  });
  disableOn(tx, subscription);
  return retotal(tx, draft.id);
}

/** Adds a customer's drafts up again after its location may have changed, and tries again what failed for want of one. */
export function followLocation(tx: Transaction, customer: Stripe.Customer): void {
  for (const draft of tx.listBy("invoice", "customer", customer.id)) {
    if (draft.status !== "draft" || !draft.automatic_tax.enabled) continue;
    saveInvoice(tx, { ...draft, ...customerSnapshot(tx, customer) });
    const fresh = retotal(tx, draft.id);
    const failed = fresh.last_finalization_error?.code === "customer_tax_location_invalid";
    const retries = failed && fresh.auto_advance === true && placeOf(tx, customer) !== null;
    const after = retries ? retryNow(tx, fresh) : fresh;
    const previous = previousAttributes(draft, after);
    if (previous) tx.emit("invoice.updated", after, previous);
  }
}

function retryNow(tx: Transaction, draft: Stripe.Invoice): Stripe.Invoice {
  const at = nowOf(tx, draft);
  tx.schedule({ clock: clockNameOf(draft), at, kind: invoiceDueKinds.finalise, subject: draft.id });
  return saveInvoice(tx, { ...draft, automatically_finalizes_at: at });
}

/** A try by hand leaves the time at which the draft is finalised by itself as it is. */
function recordFailure(tx: Transaction, draft: Stripe.Invoice, byHand: boolean): void {
  const failed = saveInvoice(tx, {
    ...draft,
    ...(byHand ? {} : { automatically_finalizes_at: null, next_payment_attempt: null }),
    last_finalization_error: { code: "customer_tax_location_invalid", message, type: "invalid_request_error" },
  });
  tx.emit("invoice.finalization_failed", failed);
}

function disableOn(tx: Transaction, subscription: Stripe.Subscription): void {
  const disabled = { disabled_reason: "requires_location_inputs" as const, enabled: false, liability: null };
  reviseSubscription(tx, subscription, { automatic_tax: disabled });
  const schedule = tx.find("subscription_schedule", idOf(subscription.schedule) ?? "");
  if (!schedule) return;
  const current = schedule.current_phase?.start_date;
  reviseSchedule(tx, schedule, {
    default_settings: { ...schedule.default_settings, automatic_tax: disabled },
    phases: schedule.phases.map((phase) =>
      phase.start_date === current ? { ...phase, automatic_tax: disabled } : phase,
    ),
  });
}
