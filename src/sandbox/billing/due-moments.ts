/**
 * Registers the billing engine with the clock and with payments: everything that happens to it from outside a request.
 *
 * Import it once for its effect; the resource files do.
 */
import { registerDue } from "../clock/due";
import { onPaymentIntentSettled } from "../payments/hooks";
import { idOf } from "../store/indexes";
import { handleAttempt, handleFinalise, handleOverdue, handleWillBeDue } from "./advance-invoice";
import { creditAttached } from "./attach-payment";
import { intentSettled } from "./collect";
import { discountEndKind, endDiscount } from "./end-discount";
import { endSubscription } from "./end-subscription";
import { advanceScheduleInTime, announceExpiry } from "./enter-phase";
import { registerInvoiceFollower } from "./invoice-followers";
import { billPendingItems } from "./pending-interval";
import { discardPendingUpdate, pendingUpdateFollower } from "./pending-update";
import { previewRenewal } from "./preview";
import { nowOf, reviseSubscription } from "./records";
import { handlePeriodEnd, hasEnded, isOver } from "./renewal";
import { expireResumption, resumptionDueKind, resumptionFollower } from "./resume-subscription";
import { scheduleDueKinds } from "./schedule-state";
import { invoiceDueKinds, voidInvoice } from "./settle";
import { dueKinds } from "./subscription-status";

registerDue(dueKinds.periodEnd, (tx, { subject }) => {
  // A phase that begins with the next period decides what that period costs.
  const schedule = idOf(tx.find("subscription", subject)?.schedule);
  if (schedule !== null) advanceScheduleInTime(tx, schedule);
  const subscription = tx.find("subscription", subject);
  if (subscription) handlePeriodEnd(tx, subscription);
});

registerDue(dueKinds.cancelAt, (tx, { subject }) => {
  const subscription = tx.find("subscription", subject);
  if (!subscription || hasEnded(subscription)) return;
  endSubscription(tx, subscription, {
    at: nowOf(tx, subscription),
    reason: "cancellation_requested",
    finalInvoice: true,
  });
});

registerDue(dueKinds.expireIncomplete, (tx, { subject }) => {
  const subscription = tx.find("subscription", subject);
  if (subscription?.status !== "incomplete") return;
  const first = tx.listBy("invoice", "subscription", subject).find((invoice) => invoice.status === "open");
  if (first) voidInvoice(tx, first);
});

registerDue(dueKinds.trialWillEnd, (tx, { subject }) => {
  const subscription = tx.find("subscription", subject);
  if (subscription?.status === "trialing") tx.emit("customer.subscription.trial_will_end", subscription);
});

registerDue(dueKinds.upcoming, (tx, { subject }) => {
  const subscription = tx.find("subscription", subject);
  if (!subscription || isOver(subscription) || subscription.status === "incomplete") return;
  const upcoming = previewRenewal(tx, subscription);
  if (upcoming) tx.emit("invoice.upcoming", upcoming);
});

registerDue(dueKinds.resumeCollection, (tx, { subject }) => {
  const subscription = tx.find("subscription", subject);
  if (subscription?.pause_collection) reviseSubscription(tx, subscription, { pause_collection: null });
});

registerDue(dueKinds.pendingItems, (tx, { subject }) => {
  const subscription = tx.find("subscription", subject);
  if (subscription && !isOver(subscription) && subscription.status !== "incomplete") billPendingItems(tx, subscription);
});

registerDue(resumptionDueKind, (tx, { subject }) => expireResumption(tx, subject));
registerDue(dueKinds.expirePendingUpdate, (tx, { subject }) => discardPendingUpdate(tx, subject));
registerInvoiceFollower(resumptionFollower);
registerInvoiceFollower(pendingUpdateFollower);

registerDue(discountEndKind, (tx, { subject }) => endDiscount(tx, subject));

registerDue(scheduleDueKinds.phase, (tx, { subject }) => advanceScheduleInTime(tx, subject));
registerDue(scheduleDueKinds.expiring, (tx, { subject }) => announceExpiry(tx, subject));

registerDue(invoiceDueKinds.finalise, (tx, { subject }) => handleFinalise(tx, subject));
registerDue(invoiceDueKinds.attempt, (tx, { subject }) => handleAttempt(tx, subject));
registerDue(invoiceDueKinds.overdue, (tx, { subject }) => handleOverdue(tx, subject));
registerDue(invoiceDueKinds.willBeDue, (tx, { subject }) => handleWillBeDue(tx, subject));

onPaymentIntentSettled((tx, intent, { invoice }) => {
  const record = tx.find("invoice", invoice);
  if (!record || creditAttached(tx, record, tx.find("payment_intent", intent.id) ?? intent)) return;
  intentSettled(tx, record, tx.find("payment_intent", intent.id) ?? intent);
});
