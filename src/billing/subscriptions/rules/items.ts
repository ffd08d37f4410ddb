/**
 * What a plan with so many seats is at Stripe: one item for the plan, and one for additional seats where there are any.
 *
 *   Team, 5 seats included, 8 wanted ──► Team × 1, additional seat × 3
 */
import type { PlanVersion } from "../../catalog/model";
import { stripePriceId, stripeSeatPriceId } from "../../catalog/model";
import type { BillingInterval, ItemEdit, Subscription } from "../model";

/** A price and how many of it. */
export interface WantedItem {
  stripePriceId: string;
  quantity: number;
}

/** What is sold, or why it cannot be. */
export type Sale =
  | { ok: true; items: WantedItem[]; seats: number | null; additionalSeats: number }
  | { ok: false; because: "not_sold" | "seats_not_sold" | "too_few_seats" | "too_many_seats" };

/**
 * The items of a plan. Never fewer seats than the plan includes: those are paid for already, so whoever asks for fewer is
 * told, and whoever has fewer gets them. `seats` null asks for no number; `kept` is what the tenant has now.
 */
export function saleOf(
  target: PlanVersion,
  interval: BillingInterval,
  seats: number | null,
  kept: number | null,
): Sale {
  const planPrice = stripePriceId(target, interval);
  if (planPrice === null) return { ok: false, because: "not_sold" };
  const terms = target.terms.seats;
  if (terms === null) {
    if (seats !== null) return { ok: false, because: "seats_not_sold" };
    return { ok: true, items: [{ stripePriceId: planPrice, quantity: 1 }], seats: null, additionalSeats: 0 };
  }
  if (seats !== null && seats < terms.included) return { ok: false, because: "too_few_seats" };
  const total = Math.max(seats ?? kept ?? 0, terms.included, 1);
  if (terms.max !== null && total > terms.max) return { ok: false, because: "too_many_seats" };
  const additionalSeats = total - terms.included;
  const items = [{ stripePriceId: planPrice, quantity: 1 }];
  if (additionalSeats > 0) {
    const seatPrice = stripeSeatPriceId(target, interval);
    if (seatPrice === null) return { ok: false, because: "seats_not_sold" };
    items.push({ stripePriceId: seatPrice, quantity: additionalSeats });
  }
  return { ok: true, items, seats: total, additionalSeats };
}

/** The items a subscription has now. */
export function presentItems(
  plan: PlanVersion,
  { interval, additionalSeats }: Pick<Subscription, "interval" | "additionalSeats">,
): WantedItem[] {
  const planPrice = stripePriceId(plan, interval);
  const seatPrice = stripeSeatPriceId(plan, interval);
  return [
    ...(planPrice === null ? [] : [{ stripePriceId: planPrice, quantity: 1 }]),
    ...(seatPrice === null || additionalSeats === 0 ? [] : [{ stripePriceId: seatPrice, quantity: additionalSeats }]),
  ];
}

/** The edits that turn a subscription's items into those of a sale. */
export function editsOf(
  subscription: Pick<Subscription, "stripeItemId" | "stripeSeatItemId">,
  items: readonly WantedItem[],
): ItemEdit[] {
  const [plan, seats] = items;
  const edits: ItemEdit[] = [];
  if (plan) edits.push({ stripeItemId: subscription.stripeItemId, ...plan });
  const { stripeSeatItemId } = subscription;
  if (seats) edits.push({ stripeItemId: stripeSeatItemId, ...seats });
  else if (stripeSeatItemId !== null) edits.push({ stripeItemId: stripeSeatItemId, remove: true });
  return edits;
}
