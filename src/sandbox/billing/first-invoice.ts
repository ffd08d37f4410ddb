/**
 * The first invoice of a subscription: what it charges at once.
 *
 * Owns: the periods that are billed when a subscription is made, among them a stub before its anchor and the time it is
 * backdated by. Refuses: collecting it (create-subscription.ts).
 */
import type Stripe from "stripe";
import { stepOf } from "../payments/currency-step";
import type { Transaction } from "../store/transaction";
import { gridOf } from "./anchor";
import { backdatedCharges, spanAmount } from "./backdate";
import { isClassic } from "./billing-mode";
import type { Period } from "./calendar";
import { fixedAmount, isMetered, tierLines } from "./charge-parts";
import { discountsInForce } from "./discount-terms";
import { openDraft, pendingItems } from "./draft";
import { billItems, billPeriods, type ItemCharge } from "./issue";
import { itemDescription, trialDescription } from "./lines";
import { itemIn } from "./price-currency";
import { recurrenceOf } from "./terms";

/** The first invoice; none when a future anchor without prorations leaves nothing to bill before it. */
export function openFirstInvoice(
  tx: Transaction,
  customer: Stripe.Customer,
  subscription: Stripe.Subscription,
  params: { proration_behavior?: string | undefined },
): Stripe.Invoice | null {
  const now = subscription.created;
  const isStub = subscription.trial_end === null && subscription.billing_cycle_anchor > now;
  if (isStub && params.proration_behavior === "none") return null;
  const charged = subscription.items.data.filter((item) => hasFirstLine(subscription, item));
  const extra = pendingItems(tx, customer.id, subscription.currency, subscription.id, { onlyOwn: true });
  if (charged.length === 0 && extra.length === 0) return null;
  const draft = openDraft(tx, {
    customer,
    currency: subscription.currency,
    subscription,
    billingReason: "subscription_create",
    period: { start: now, end: now },
    collectionMethod: subscription.collection_method,
    daysUntilDue: subscription.days_until_due,
    autoAdvance: false,
    automaticallyFinalizesAt: null,
    defaultTaxRates: subscription.default_tax_rates ?? [],
    discounts: discountsInForce(tx, subscription, customer, now),
  });
  billItems(tx, draft, pendingItems(tx, customer.id, subscription.currency, subscription.id));
  return billPeriods(
    tx,
    draft,
    charged.flatMap((item) => [
      ...(params.proration_behavior === "none" ? [] : backdatedCharges(tx, subscription, item)),
      firstCharge(tx, subscription, item),
    ]),
  );
}

/** Usage is billed in arrears; only the classic mode announces it with a line of zero. */
function hasFirstLine(subscription: Stripe.Subscription, item: Stripe.SubscriptionItem): boolean {
  return !isMetered(item.price) || isClassic(subscription);
}

function firstCharge(tx: Transaction, subscription: Stripe.Subscription, item: Stripe.SubscriptionItem): ItemCharge {
  const period: Period = { start: item.current_period_start, end: item.current_period_end };
  if (subscription.trial_end !== null) {
    return { item, period, amountMinor: 0, description: trialDescription(tx, item, isClassic(subscription)) };
  }
  const priced = itemIn(item, subscription.currency);
  // A classic stub that begins in the past is counted from its start, not by the cycles of the anchor.
  const isPast = isClassic(subscription) && period.start < subscription.created;
  const grid = isPast ? period.start : gridOf(subscription);
  const amountMinor = spanAmount(
    fixedAmount(priced),
    grid,
    recurrenceOf(item.price),
    period,
    stepOf(subscription.currency),
  );
  return {
    item,
    period,
    amountMinor,
    description: itemDescription(tx, priced),
    ...tierLines(tx, priced, amountMinor),
  };
}
