/** Seats of a plan in words: what is in its price, what more cost, how many there can be. */
import type { PlanVersion } from "@/billing/catalog/model";
import type { BillingInterval } from "@/billing/subscriptions/model";
import { quantityText, unitPriceText } from "@/ui/money";

/** What a stepper of seats is told. */
export interface SeatTermsInWords {
  fewest: number;
  most: number | null;
  words: string;
}

/** "5 seats included, then $20.00 a seat a month"; null where the plan is not sold by the seat. */
export function seatText(plan: PlanVersion, interval: BillingInterval): string | null {
  const { seats } = plan.terms;
  if (seats === null) return null;
  const price = interval === "year" ? seats.annualPrice : seats.monthlyPrice;
  const included = `${quantityText(String(seats.included))} ${seats.included === 1 ? "seat" : "seats"} included`;
  if (price === null) return included;
  const more = `${unitPriceText(price, plan.currency)} a seat a ${interval}`;
  return seats.included === 0 ? more : `${included}, then ${more}`;
}

/** The same for a stepper, by interval. */
export function seatChoices(plan: PlanVersion): Record<BillingInterval, SeatTermsInWords> | null {
  const { seats } = plan.terms;
  if (seats === null) return null;
  const choice = (interval: BillingInterval) => ({
    fewest: Math.max(seats.included, 1),
    most: seats.max,
    words: `${seatText(plan, interval) ?? ""}${seats.max === null ? "" : `; at most ${quantityText(String(seats.max))}`}`,
  });
  return { month: choice("month"), year: choice("year") };
}

/** "14 days free, then its price; no card needed". */
export function trialText({ terms: { trial } }: PlanVersion): string | null {
  if (trial === null) return null;
  const card = trial.paymentMethod === "required" ? "a card is asked for" : "no card needed";
  return `${trial.days} days free, ${card}`;
}
