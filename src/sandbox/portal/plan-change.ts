/**
 * Changing a plan in the portal: what a configuration offers, what a change would cost, and carrying it out.
 *
 * Owns: the rules of `features.subscription_update`. A change that makes the subscription cheaper or its interval shorter
 * waits for the period's end where the configuration says so. Refuses: subscriptions of several items, as Stripe's portal
 * does.
 */
import type Stripe from "stripe";
import { lineAmountMinor } from "../billing/amounts";
import { createPreview } from "../billing/preview";
import { rehearse } from "../billing/rehearsal";
import { createSchedule, updateSchedule } from "../billing/schedules";
import { changeSubscription, type UpdateParameters, updateSubscription } from "../billing/update-subscription";
import { invalidRequest } from "../http/errors";
import { idOf } from "../store/indexes";
import type { Transaction } from "../store/transaction";
import { configurationOf, ownSubscription } from "./sessions";

type Session = Stripe.BillingPortal.Session;

/** What a customer wants a subscription to become. */
export interface WantedPlan {
  subscription: string;
  items: Array<{ id: string; price: string; quantity: number }>;
  discounts?: Array<{ coupon?: string; discount?: string; promotion_code?: string }>;
}

/** A price the customer may change to. */
export interface OfferedPrice {
  price: Stripe.Price;
  product: Stripe.Product | undefined;
  quantity: { minimum: number; maximum: number | null } | null;
}

/** The prices a session's configuration offers, and in which quantities. */
export function offeredPrices(tx: Transaction, session: Session): OfferedPrice[] {
  const feature = configurationOf(tx, session).features.subscription_update;
  const mayCount = feature.default_allowed_updates.includes("quantity");
  return (feature.products ?? []).flatMap(({ adjustable_quantity: range, prices, product }) =>
    prices.flatMap((id): OfferedPrice[] => {
      const price = tx.find("price", id);
      if (price?.active !== true || price.type !== "recurring") return [];
      const quantity = mayCount || range.enabled ? { minimum: range.minimum, maximum: range.maximum } : null;
      return [{ price, product: tx.find("product", product), quantity }];
    }),
  );
}

/** What a change comes to: money now, the next invoice, or a change at the period's end. */
export type PlanQuote =
  | { when: "now"; dueMinor: number; currency: string }
  | { when: "next_invoice"; dueMinor: number; currency: string; at: number }
  | { when: "period_end"; at: number };

/** What a change would cost, found by carrying it out where it leaves no trace. */
export function quoteChange(tx: Transaction, session: Session, wanted: WantedPlan): PlanQuote {
  const subscription = checkedSubscription(tx, session, wanted);
  const endsAt = waitsUntil(tx, session, subscription, wanted);
  if (endsAt !== null) return { when: "period_end", at: endsAt };
  const params = changeParameters(tx, session, subscription, wanted);
  const { draft } = changeSubscription(rehearse(tx), subscription.id, params);
  if (draft) return { when: "now", dueMinor: draft.amount_due, currency: draft.currency };
  const { items, proration_behavior, trial_end, billing_cycle_anchor } = params;
  const details = { items, proration_behavior, trial_end, billing_cycle_anchor };
  const next = createPreview(tx, { subscription: subscription.id, subscription_details: details });
  return { when: "next_invoice", dueMinor: next.amount_due, currency: next.currency, at: next.created };
}

/** Changes the plan, now or at the period's end. A payment that fails leaves everything as it was. */
export function changePlan(tx: Transaction, session: Session, wanted: WantedPlan): void {
  const subscription = checkedSubscription(tx, session, wanted);
  const endsAt = waitsUntil(tx, session, subscription, wanted);
  if (endsAt === null) {
    updateSubscription(tx, subscription.id, changeParameters(tx, session, subscription, wanted));
    return;
  }
  const known = idOf(subscription.schedule);
  const schedule =
    known === null
      ? createSchedule(tx, { from_subscription: subscription.id })
      : tx.get("subscription_schedule", known);
  const start = schedule.current_phase?.start_date ?? subscription.start_date;
  updateSchedule(tx, schedule.id, {
    end_behavior: "release",
    phases: [
      {
        items: subscription.items.data.map(({ price, quantity }) => ({ price: price.id, quantity })),
        start_date: start,
        end_date: endsAt,
      },
      {
        items: wanted.items.map(({ price, quantity }) => ({ price, quantity })),
        start_date: endsAt,
        duration: durationOf(tx, wanted),
      },
    ],
    proration_behavior: "none",
  });
}

/** The planned change is a phase of one period; then the schedule lets go of the subscription. */
function durationOf(tx: Transaction, wanted: WantedPlan) {
  const recurring = tx.find("price", wanted.items[0]?.price ?? "")?.recurring;
  const interval = (["day", "week", "month", "year"] as const).find((word) => word === recurring?.interval) ?? "month";
  return { interval, interval_count: recurring?.interval_count ?? 1 };
}

function checkedSubscription(tx: Transaction, session: Session, wanted: WantedPlan): Stripe.Subscription {
  const feature = configurationOf(tx, session).features.subscription_update;
  if (!feature.enabled) throw invalidRequest("Subscriptions cannot be changed in this portal.");
  const subscription = ownSubscription(tx, session.customer, wanted.subscription);
  if (subscription.items.data.length !== 1) {
    throw invalidRequest("A subscription of several products cannot be changed in this portal.");
  }
  const offers = offeredPrices(tx, session);
  for (const { id, price, quantity } of wanted.items) {
    const current = subscription.items.data.find((item) => item.id === id);
    const offer = offers.find((one) => one.price.id === price);
    if (current === undefined || offer === undefined) throw invalidRequest("This plan is not offered in this portal.");
    const isOther = current.price.id !== price;
    if (isOther && !feature.default_allowed_updates.includes("price")) {
      throw invalidRequest("The price cannot be changed in this portal.");
    }
    if (quantity === (current.quantity ?? 1)) continue;
    const [least, most] = [offer.quantity?.minimum ?? 1, offer.quantity?.maximum ?? Number.MAX_SAFE_INTEGER];
    const isWhole = Number.isSafeInteger(quantity) && quantity >= least && quantity <= most;
    if (offer.quantity === null || !isWhole) {
      throw invalidRequest(
        offer.quantity === null
          ? "The quantity cannot be changed in this portal."
          : `The quantity must be at least ${least}${offer.quantity.maximum === null ? "" : ` and at most ${most}`}.`,
      );
    }
  }
  return subscription;
}

function changeParameters(
  tx: Transaction,
  session: Session,
  subscription: Stripe.Subscription,
  wanted: WantedPlan,
): UpdateParameters {
  const feature = configurationOf(tx, session).features.subscription_update;
  const anchor = (["now", "unchanged"] as const).find((word) => word === feature.billing_cycle_anchor);
  const endsTrial = subscription.status === "trialing" && feature.trial_update_behavior === "end_trial";
  return {
    items: wanted.items,
    proration_behavior: behaviorOf(feature.proration_behavior),
    payment_behavior: "error_if_incomplete",
    ...(anchor === undefined ? {} : { billing_cycle_anchor: { type: anchor } }),
    ...(endsTrial ? { trial_end: "now" as const } : {}),
    ...(wanted.discounts === undefined ? {} : { discounts: wanted.discounts }),
  };
}

function behaviorOf(value: string): "always_invoice" | "create_prorations" | "none" {
  return value === "always_invoice" || value === "create_prorations" ? value : "none";
}

const days: Record<string, number> = { day: 1, week: 7, month: 30, year: 365 };

/** The end of the period when the configuration lets such a change wait for it, else null. */
function waitsUntil(
  tx: Transaction,
  session: Session,
  subscription: Stripe.Subscription,
  wanted: WantedPlan,
): number | null {
  const { conditions } = configurationOf(tx, session).features.subscription_update.schedule_at_period_end;
  const [item, next] = [subscription.items.data[0], wanted.items[0]];
  const price = tx.find("price", next?.price ?? "");
  if (item === undefined || next === undefined || price === undefined || subscription.status === "trialing")
    return null;
  const length = ({ recurring }: Stripe.Price) =>
    (days[recurring?.interval ?? "month"] ?? 30) * (recurring?.interval_count ?? 1);
  const cost = (one: Stripe.Price, quantity: number) => lineAmountMinor(one, quantity);
  const isCheaper = cost(price, next.quantity) < cost(item.price, item.quantity ?? 1);
  const isShorter = length(price) < length(item.price);
  const waits = conditions.some(({ type }) =>
    type === "decreasing_item_amount" ? isCheaper && length(price) === length(item.price) : isShorter,
  );
  return waits ? item.current_period_end : null;
}
