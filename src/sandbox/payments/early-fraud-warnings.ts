/**
 * Early fraud warnings: an issuer suspects a charge before its holder disputes it.
 *
 * Owns: the warning of a card that is known for it, a moment after the money was taken, and that a refunded charge leaves
 * nothing to act upon.
 */
import type Stripe from "stripe";
import { registerDue } from "../clock/due";
import { idOf } from "../store/indexes";
import type { Transaction } from "../store/transaction";
import { clockOf } from "../webhooks/events";
import { previousAttributes } from "../webhooks/previous-attributes";
import { scenarioOf } from "./cards";

const WARNING_KIND = "fraud_warning";
const MOMENT_SECONDS = 5;

/** Remembers to warn of a charge whose card's issuer will suspect it. */
export function scheduleFraudWarning(tx: Transaction, charge: Stripe.Charge): void {
  const method = idOf(charge.payment_method);
  if (method === null || !scenarioOf(tx, method).warnsOfFraud) return;
  const at = tx.now(clockOf(tx, charge)) + MOMENT_SECONDS;
  tx.schedule({ clock: clockOf(tx, charge) ?? "default", at, kind: WARNING_KIND, subject: charge.id });
}

registerDue(WARNING_KIND, (tx, { subject }) => {
  const charge = tx.find("charge", subject);
  if (charge === undefined) return;
  const intent = idOf(charge.payment_intent);
  const warning = tx.put("early_fraud_warning", {
    id: tx.newId("issfr"),
    object: "radar.early_fraud_warning",
    actionable: !charge.refunded && !charge.disputed,
    charge: charge.id,
    created: tx.now(clockOf(tx, charge)),
    fraud_type: "misc",
    livemode: false,
    ...(intent === null ? {} : { payment_intent: intent }),
  });
  tx.emit("radar.early_fraud_warning.created", warning);
});

/** A charge that was refunded whole needs nobody's attention any more. */
export function settleFraudWarnings(tx: Transaction, charge: Stripe.Charge): void {
  for (const warning of tx.list("early_fraud_warning", (one) => one.charge === charge.id && one.actionable)) {
    const settled = tx.put("early_fraud_warning", { ...warning, actionable: false });
    tx.emit("radar.early_fraud_warning.updated", settled, previousAttributes(warning, settled));
  }
}
