/**
 * The two ways of billing: flexible, and the classic one that came before it.
 *
 * Owns: the `billing_mode` of a subscription, and the one way between them. A classic subscription becomes a flexible one by
 * migrating; there is no way back.
 */
import type Stripe from "stripe";
import { invalidRequest } from "../http/errors";
import { hash, type Infer, oneOf } from "../http/params";
import type { Transaction } from "../store/transaction";
import { nowOf, saveSubscription } from "./records";

const flexibleMode = hash({ proration_discounts: oneOf("included", "itemized") });
const mode = { type: oneOf("flexible", "classic").required(), flexible: flexibleMode };

/** `billing_mode` as a parameter. */
export const billingMode = hash(mode);

/** `billing_mode` where only the newer one can be asked for. */
export const migrationMode = hash({ type: oneOf("flexible").required(), flexible: flexibleMode });

/** A billing mode in Stripe's shape; flexible where nothing is said. */
export function shownMode(given: Infer<typeof mode> | undefined): Stripe.Subscription.BillingMode {
  if (given?.type === "classic") {
    if (given.flexible === undefined) return { type: "classic", flexible: null };
    throw invalidRequest("billing_mode[flexible] belongs to billing_mode[type]=flexible, and only to it.", {
      param: "billing_mode[flexible]",
    });
  }
  return {
    type: "flexible",
    flexible: { proration_discounts: given?.flexible?.proration_discounts ?? "included" },
  };
}

/** Whether a subscription is billed in the classic way. */
export function isClassic(subscription: Pick<Stripe.Subscription, "billing_mode">): boolean {
  return subscription.billing_mode.type === "classic";
}

/** A classic subscription has one interval for all its items. */
export function refuseMixedIntervals(type: string | undefined, prices: readonly Stripe.Price[]): void {
  const intervals = prices.map(({ recurring }) => `${recurring?.interval} ${recurring?.interval_count}`);
  if (type !== "classic" || new Set(intervals).size < 2) return;
  throw invalidRequest(
    "Currency and interval fields must match across all plans/prices on this subscription. Found mismatch in interval field.",
    { param: "items" },
  );
}

/** Lets a classic subscription go on as a flexible one. */
export function migrateSubscription(
  tx: Transaction,
  id: string,
  given: Infer<typeof mode> & { type: "flexible" },
): Stripe.Subscription {
  const before = tx.get("subscription", id);
  if (!isClassic(before)) {
    throw invalidRequest("This subscription is already in flexible billing mode.", { param: "billing_mode[type]" });
  }
  if (before.status === "canceled" || before.status === "incomplete_expired") {
    throw invalidRequest(`A subscription that is \`${before.status}\` cannot be migrated.`);
  }
  const billing_mode = { ...shownMode(given), updated_at: nowOf(tx, before) };
  const after = saveSubscription(tx, { ...before, billing_mode });
  tx.emit("customer.subscription.updated", after, { billing_mode: before.billing_mode });
  return after;
}
