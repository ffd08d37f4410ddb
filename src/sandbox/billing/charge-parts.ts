/**
 * The lines of one subscription item's charge: their amounts, quantities and words.
 *
 * Owns: that a tiered price stands on an invoice with a line per tier, and how those lines share an amount that covers only
 * part of a period. Refuses: deciding what is charged (renewal.ts, usage-charges.ts) and storing lines (issue.ts).
 */
import type Stripe from "stripe";
import { StripeError } from "../http/errors";
import { stepOf } from "../payments/currency-step";
import type { Transaction } from "../store/transaction";
import { type AmountPart, amountParts, largestAmount, shareOf } from "./amounts";
import { intervalText, productName } from "./lines";
import { moneyText } from "./wire";

/** One line of a charge, before it is on paper. */
export interface ChargePart {
  amountMinor: number;
  description: string;
  /** Exact decimal text. */
  quantity: string;
  unitAmount: string;
}

/** Whether a price bills usage that a meter counted. */
export function isMetered(price: Stripe.Price): boolean {
  return price.recurring?.usage_type === "metered";
}

/** The lines of a tiered price's item that costs this amount; nothing for a price that has one line anyway. */
export function tierLines(
  tx: Transaction,
  item: Stripe.SubscriptionItem,
  amountMinor: number,
): { parts: ChargePart[] } | Record<string, never> {
  if (item.price.billing_scheme !== "tiered" || isMetered(item.price)) return {};
  const parts = chargeParts(tx, item.price, String(item.quantity ?? 0));
  return { parts: spreadOver(parts, amountMinor, stepOf(item.price.currency)) };
}

/** What a full period of an item costs in advance; metered items cost nothing ahead of their usage. */
export function fixedAmount(item: Stripe.SubscriptionItem): number {
  if (isMetered(item.price)) return 0;
  return amountParts(item.price, item.quantity ?? 0).reduce((sum, part) => sum + part.amountMinor, 0);
}

/** The lines of a quantity at a price, whose amounts add up to what the price costs. */
export function chargeParts(tx: Transaction, price: Stripe.Price, quantity: string): ChargePart[] {
  return amountParts(price, quantity).map((part) => ({
    amountMinor: part.amountMinor,
    description: partDescription(tx, price, part),
    quantity: part.quantity,
    unitAmount: part.unitAmount,
  }));
}

/** The lines of usage. Nobody was asked before it was used, so an amount beyond the largest is cut off, not refused. */
export function usageLines(tx: Transaction, price: Stripe.Price, quantity: string): ChargePart[] {
  try {
    return chargeParts(tx, price, quantity);
  } catch (error) {
    if (!(error instanceof StripeError) || error.body.code !== "amount_too_large") throw error;
    const description = `${quantity} × ${productName(tx, price)} (cut off at the largest amount)`;
    return [{ amountMinor: largestAmount, description, quantity, unitAmount: "0" }];
  }
}

/** The same lines over a part of the period: they share its amount by their own, and add up to it exactly. */
export function spreadOver(parts: readonly ChargePart[], amountMinor: number, step: number): ChargePart[] {
  const full = parts.reduce((sum, part) => sum + part.amountMinor, 0);
  if (full === amountMinor || full === 0) return [...parts];
  let before = 0;
  let given = 0;
  return parts.map((part) => {
    before += part.amountMinor;
    const upToHere = shareOf(amountMinor, before, full, step);
    const own = upToHere - given;
    given = upToHere;
    return { ...part, amountMinor: own };
  });
}

/** "12 × Calls (at $0.10 / month)", "10 × Calls (Tier 1 at $5.00 / month)", "Calls (Tier 1 flat fee, $10.00 / month)" */
function partDescription(tx: Transaction, price: Stripe.Price, part: AmountPart): string {
  const every = price.recurring ? ` ${intervalText(price.recurring)}` : "";
  const money = `${moneyText(part.unitAmount, price.currency)}${every}`;
  const name = productName(tx, price);
  if (part.isFlat) return `${name} (Tier ${part.tier} flat fee, ${money})`;
  return `${part.quantity} × ${name} (${part.tier === null ? "" : `Tier ${part.tier} `}at ${money})`;
}
