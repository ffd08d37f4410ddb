/**
 * A tax as an invoice or a preview states it, and the words for it. Pure.
 *
 * Owns how a tax is called, so that quote, page, paper and mail call it alike. Calculates nothing: amounts are Stripe's.
 */
import { BillingError, type ErrorDetails } from "./errors";

/** The refusal of everything that is taxed by place while nobody knows the place. */
export function locationRequired(options: { details?: ErrorDetails; cause?: unknown } = {}): BillingError {
  const message =
    "Taxes depend on where you are. Enter your billing address: the country, and in the United States the ZIP code.";
  return new BillingError("precondition", "tax.location_required", message, options);
}

/** One tax of an invoice, its amount over all lines. */
export interface TaxPart {
  /** What the rate is called: "VAT", "Sales tax". */
  name: string;
  /** Where it is owed: "Germany"; null for the catalog's own rate. */
  place: string | null;
  /** Exact percentage; null where there is no rate. */
  percentage: string | null;
  taxableMinor: bigint | null;
  amountMinor: bigint;
  /** Whether the amount is contained in the lines. */
  isInclusive: boolean;
  /** Stripe's reason: "standard_rated", "reverse_charge", "customer_exempt", "not_collecting" … */
  reason: string;
}

/** "VAT Germany, 19%", as a row of a statement is called. */
export function taxLabel(part: TaxPart): string {
  const place = part.place === null || part.name.includes(part.place) ? "" : ` ${part.place}`;
  const name = `${part.name}${place}`;
  if (part.reason === "reverse_charge") return `${name}, reverse charge`;
  if (part.reason === "customer_exempt") return `${name}, exempt`;
  const rate = part.percentage === null ? "" : `, ${part.percentage}%`;
  return `${name}${rate}${part.isInclusive ? ", included" : ""}`;
}

/**
 * The taxes worth a row: every amount, and a zero only where it says something (reverse charge, exemption, a zero rate).
 * Nothing is left out when nothing else would be said.
 */
export function shownTaxes(parts: readonly TaxPart[]): TaxPart[] {
  const silent = new Set(["not_collecting", "not_subject_to_tax", "not_supported", "product_exempt"]);
  return parts.filter((part) => part.amountMinor !== 0n || !silent.has(part.reason));
}

/** Sentences that the law or the reader wants beside the taxes; none when the amounts say everything. */
export function taxNotes(parts: readonly TaxPart[]): string[] {
  const reasons = new Set(parts.map((part) => part.reason));
  const notes: string[] = [];
  if (reasons.has("reverse_charge")) {
    notes.push("Reverse charge: the recipient of the service is liable for the tax and accounts for it.");
  }
  if (reasons.has("customer_exempt")) notes.push("No tax is charged: the customer is exempt.");
  if (parts.length > 0 && parts.every((part) => part.reason === "not_collecting")) {
    notes.push("No tax is charged: the seller is not registered for tax at the customer’s address.");
  }
  return notes;
}
