/**
 * Taxes decided for one line of a draft: rates of its own, or amounts that were calculated elsewhere.
 *
 * Owns: the parameters `tax_amounts`, and the archived tax rates that stand behind them: equal data finds the same rate
 * again. Refuses: amounts beside rates, of which only one can be right.
 */
import type Stripe from "stripe";
import { invalidRequest } from "../http/errors";
import { boolean, decimal, hash, type Infer, integer, list, oneOf, string } from "../http/params";
import type { Transaction } from "../store/transaction";
import { mixedTaxes } from "./automatic-tax";
import { taxRates } from "./terms";

const rateData = {
  country: string({ maxLength: 2 }),
  description: string(),
  display_name: string({ maxLength: 50 }).required(),
  inclusive: boolean().required(),
  jurisdiction: string({ maxLength: 50 }),
  jurisdiction_level: oneOf("city", "country", "county", "district", "multiple", "state"),
  percentage: decimal({ places: 4, minimum: 0 }).required(),
  state: string(),
  tax_type: string({ maxLength: 50 }),
};

const taxAmount = hash({
  amount: integer().required(),
  tax_rate_data: hash(rateData).required(),
  taxability_reason: oneOf(
    "customer_exempt",
    "not_collecting",
    "not_subject_to_tax",
    "not_supported",
    "portion_product_exempt",
    "portion_reduced_rated",
    "portion_standard_rated",
    "product_exempt",
    "product_exempt_holiday",
    "proportionally_rated",
    "reduced_rated",
    "reverse_charge",
    "standard_rated",
    "taxable_basis_reduced",
    "zero_rated",
  ),
  taxable_amount: integer().required(),
});

/** `tax_amounts` of a line. */
export const taxAmounts = list(taxAmount, { maximum: 20 });

/** Given tax amounts. */
export type TaxAmountParameters = Infer<{ one: typeof taxAmounts }>["one"];

/** Sets what was decided about a line's taxes; an empty list returns the line to its source's rates. */
export function setLineTaxes(
  tx: Transaction,
  invoice: Stripe.Invoice,
  lineId: string,
  given: { tax_amounts?: TaxAmountParameters; tax_rates?: string[] | undefined },
  path: string,
): void {
  const before = tx.find("line_tax_terms", lineId) ?? { id: lineId, rates: null, amounts: null };
  const next = { ...before };
  const at = (name: string) => (path === "" ? name : `${path}[${name}]`);
  if (given.tax_rates !== undefined) {
    if (given.tax_rates.length > 0 && invoice.automatic_tax.enabled) throw mixedTaxes(at("tax_rates"));
    next.rates = given.tax_rates.length === 0 ? null : taxRates(tx, given.tax_rates, at("tax_rates"));
  }
  if (given.tax_amounts !== undefined) {
    next.amounts = given.tax_amounts.length === 0 ? null : given.tax_amounts.map((one) => taxOf(tx, one));
  }
  const isRated = next.rates !== null || invoice.default_tax_rates.length > 0 || invoice.automatic_tax.enabled;
  if (next.amounts !== null && isRated) {
    throw invalidRequest(
      "You cannot set tax_amounts on a line that has tax rates, or whose invoice has default tax rates or automatic tax.",
      { param: at("tax_amounts") },
    );
  }
  if (next.rates === null && next.amounts === null) tx.remove("line_tax_terms", lineId);
  else tx.put("line_tax_terms", next);
}

function taxOf(tx: Transaction, given: NonNullable<TaxAmountParameters>[number]): Stripe.InvoiceLineItem.Tax {
  const rate = rateFor(tx, given.tax_rate_data);
  return {
    amount: given.amount,
    tax_behavior: rate.inclusive ? "inclusive" : "exclusive",
    tax_rate_details: { tax_rate: rate.id },
    taxability_reason: given.taxability_reason ?? "not_available",
    taxable_amount: given.taxable_amount,
    type: "tax_rate_details",
  };
}

/** The archived rate with exactly this data: a known one, else a new one. */
function rateFor(tx: Transaction, data: Infer<typeof rateData>): Stripe.TaxRate {
  const wanted = {
    country: data.country ?? null,
    description: data.description ?? null,
    display_name: data.display_name,
    inclusive: data.inclusive,
    jurisdiction: data.jurisdiction ?? null,
    jurisdiction_level: data.jurisdiction_level ?? null,
    percentage: Number(data.percentage),
    state: data.state ?? null,
    tax_type: data.tax_type ?? null,
  };
  const known = tx.list("tax_rate", (rate) => {
    const same = Object.entries(wanted).every(([name, value]) => rate[name as keyof typeof wanted] === value);
    return same && !rate.active && Object.keys(rate.metadata ?? {}).length === 0;
  });
  if (known[0]) return known[0];
  return tx.put("tax_rate", {
    ...wanted,
    id: tx.newId("txr"),
    object: "tax_rate",
    active: false,
    created: tx.now(null),
    effective_percentage: wanted.percentage,
    flat_amount: null,
    livemode: false,
    metadata: {},
    rate_type: "percentage",
  });
}
