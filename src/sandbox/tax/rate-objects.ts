/**
 * The tax rates that automatic tax makes.
 *
 * Owns: one rate object per kind of tax really applied, with an id that follows from its content, so that a preview and the
 * invoice name the same one. They are inactive, because nobody may choose them; a list shows them only when inactive rates
 * are asked for.
 */
import { createHash } from "node:crypto";
import type Stripe from "stripe";
import type { Transaction } from "../store/transaction";
import type { TaxPart } from "./calculation";

const alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/** The rate object of one tax, made when it does not exist yet. */
export function rateOf(tx: Transaction, part: TaxPart): Stripe.TaxRate {
  const id = idOfRate(part);
  const known = tx.find("tax_rate", id);
  if (known) return known;
  return tx.put("tax_rate", {
    id,
    object: "tax_rate",
    active: false,
    country: part.country,
    created: tx.now(null),
    description: `${part.displayName} ${part.jurisdiction}`,
    display_name: part.displayName,
    effective_percentage: part.effectivePercentage,
    flat_amount: null,
    inclusive: part.inclusive,
    jurisdiction: part.jurisdiction,
    jurisdiction_level: part.state === null ? "country" : "state",
    livemode: false,
    metadata: {},
    percentage: part.percentage,
    rate_type: part.taxType === null ? null : "percentage",
    state: part.state,
    tax_type: part.taxType,
  });
}

/** Whether automatic tax made a rate; those made by hand name no level. */
export function isAutomaticRate(rate: Stripe.TaxRate): boolean {
  return rate.jurisdiction_level !== null;
}

function idOfRate(part: TaxPart): string {
  const { country, state, taxType, percentage, effectivePercentage, inclusive } = part;
  const content = JSON.stringify([country, state, taxType, percentage, effectivePercentage, inclusive]);
  const bytes = createHash("sha256").update(content).digest().subarray(0, 23);
  return `txr_1${[...bytes].map((byte) => alphabet[byte % alphabet.length]).join("")}`;
}
