/**
 * The rules of automatic tax: the tax entries of one amount.
 *
 * Owns: why a tax is what it is (taxability), and the arithmetic: exclusive taxes on top, inclusive ones inside, each
 * rounded once per line. Refuses: reading anything; buyer and seller arrive as facts.
 */
import { Decimal } from "decimal.js";
import { roundMinor, shareOf } from "../billing/amounts";
import { stepOf } from "../payments/currency-step";
import { countryName, isEuropeanUnion, type PlaceTax, type TaxPlace, taxesOf, treatmentOf } from "./jurisdictions";
import { productKind } from "./tax-codes";

/** Why a tax is what it is, in Stripe's words; the ones the sandbox's rules can come to. */
export type Taxability =
  | "customer_exempt"
  | "not_collecting"
  | "not_subject_to_tax"
  | "product_exempt"
  | "reduced_rated"
  | "reverse_charge"
  | "standard_rated"
  | "taxable_basis_reduced"
  | "zero_rated";

/** Whether a price contains its taxes. */
export type PriceBehavior = "exclusive" | "inclusive";

/** The buyer, as far as taxes depend on it. */
export interface Buyer {
  place: TaxPlace;
  exempt: "none" | "exempt" | "reverse";
  /** Types of tax ids that nobody has found to be wrong. */
  taxIds: readonly string[];
}

/** The seller: where it sits, and which taxes it collects. */
export interface Seller {
  country: string;
  collects(tax: PlaceTax): boolean;
}

/** An amount after discounts, and what it is for. */
export interface TaxedAmount {
  amountMinor: number;
  currency: string;
  behavior: PriceBehavior;
  taxCode: string;
}

/** One tax on an amount. */
export interface TaxPart {
  country: string;
  state: string | null;
  jurisdiction: string;
  displayName: string;
  /** Null where nothing is known of the place's taxes, and where it has none. */
  taxType: PlaceTax["taxType"] | null;
  /** By law. */
  percentage: number;
  /** What was really applied. */
  effectivePercentage: number;
  inclusive: boolean;
  taxability: Taxability;
  taxMinor: number;
  taxableMinor: number;
}

/** Tax ids by which a business takes over the tax of a foreign seller. */
const businessIds: Record<string, string> = { AU: "au_abn", CH: "ch_vat", GB: "gb_vat", NO: "no_vat" };

/** The taxes on an amount, in the order of the place's taxes; every place gives at least one entry. */
export function taxParts(taxed: TaxedAmount, buyer: Buyer, seller: Seller): TaxPart[] {
  const { place } = buyer;
  const taxes = taxesOf(place);
  if (taxes === null) return [nothing(place, taxed, "not_collecting")];
  if (taxes.length === 0) return [nothing(place, taxed, "not_subject_to_tax")];
  const verdicts = taxes.map((tax) => ({ tax, ...judge(tax, taxed, buyer, seller) }));
  const total = verdicts.reduce((sum, one) => sum.plus(one.effective), new Decimal(0));
  const step = stepOf(taxed.currency);
  const isInclusive = taxed.behavior === "inclusive";
  const amounts = verdicts.map(({ effective }) =>
    isInclusive
      ? shareOf(taxed.amountMinor, effective.toString(), total.plus(100).toString(), step)
      : roundMinor(new Decimal(taxed.amountMinor).times(effective).div(100), step),
  );
  const base = isInclusive ? amounts.reduce((rest, tax) => rest - tax, taxed.amountMinor) : taxed.amountMinor;
  return verdicts.map(({ tax, taxability, effective, share }, index) => ({
    ...tax,
    effectivePercentage: effective.toNumber(),
    inclusive: isInclusive,
    taxability,
    taxMinor: amounts[index] ?? 0,
    taxableMinor: roundMinor(new Decimal(base).times(share).div(100), step),
  }));
}

interface Verdict {
  taxability: Taxability;
  effective: Decimal;
  /** The percentage of the price that counts as taxable. */
  share: number;
}

function judge(tax: PlaceTax, taxed: TaxedAmount, buyer: Buyer, seller: Seller): Verdict {
  const kind = productKind(taxed.taxCode);
  if (kind === "nontaxable" || !seller.collects(tax)) return untaxed("not_collecting");
  if (buyer.exempt === "exempt") return untaxed("customer_exempt");
  if (buyer.exempt === "reverse" || isReversed(tax, buyer, seller)) return untaxed("reverse_charge");
  const treatment = treatmentOf(tax, kind);
  if (treatment === "exempt") return untaxed("product_exempt");
  if (treatment === "zero") return { taxability: "zero_rated", effective: new Decimal(0), share: 100 };
  if (treatment === "standard") {
    return { taxability: "standard_rated", effective: new Decimal(tax.percentage), share: 100 };
  }
  if ("reducedTo" in treatment) {
    return { taxability: "reduced_rated", effective: new Decimal(treatment.reducedTo), share: 100 };
  }
  const effective = new Decimal(tax.percentage).times(treatment.share).div(100);
  return { taxability: "taxable_basis_reduced", effective, share: treatment.share };
}

/** A business that gives its id to a seller in another country accounts for the tax itself. */
function isReversed(tax: PlaceTax, buyer: Buyer, seller: Seller): boolean {
  if (tax.country === seller.country) return false;
  const wanted = isEuropeanUnion(tax.country) ? "eu_vat" : businessIds[tax.country];
  return wanted !== undefined && buyer.taxIds.includes(wanted);
}

function untaxed(taxability: Taxability): Verdict {
  return { taxability, effective: new Decimal(0), share: 0 };
}

function nothing(place: TaxPlace, taxed: TaxedAmount, taxability: Taxability): TaxPart {
  return {
    country: place.country,
    state: place.country === "US" || place.country === "CA" ? place.state : null,
    jurisdiction: place.state !== null && place.country === "US" ? place.state : (countryName(place.country) ?? ""),
    displayName: "Tax",
    taxType: null,
    percentage: 0,
    effectivePercentage: 0,
    inclusive: taxed.behavior === "inclusive",
    taxability,
    taxMinor: 0,
    taxableMinor: 0,
  };
}
