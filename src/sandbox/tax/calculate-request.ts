/**
 * Tax calculations on their own: what `POST /v1/tax/calculations` answers.
 *
 * Owns: reading the buyer from the request, and the object with its lines and its summary. The rules are calculation.ts's,
 * so that a calculation and an invoice come to the same amounts. Calculations live for 90 days, as at Stripe.
 */
import type Stripe from "stripe";
import { isWellFormed } from "../billing/tax-id-formats";
import { invalidRequest } from "../http/errors";
import { applyMetadata, type MetadataChange } from "../http/params";
import { addressOf } from "../resources/shared-params";
import { idOf } from "../store/indexes";
import type { TaxCalculationRecord, Transaction } from "../store/transaction";
import { type Buyer, type PriceBehavior, type Seller, type TaxPart, taxParts } from "./calculation";
import { buyerAt, placeOf, sellerAt, unknownLocation } from "./customer-location";
import { placeOfAddress, placeOfIp } from "./location";
import { behaviorOf, sellerCountry, standardTaxCode } from "./settings";

const lifetimeSeconds = 90 * 86_400;

type GivenAddress = { [K in keyof Stripe.Address]?: string | null | undefined };

/** A line as a caller gives it. */
export interface LineParameters {
  amount: number;
  metadata?: MetadataChange | undefined;
  product?: string | undefined;
  quantity?: number | undefined;
  reference?: string | undefined;
  tax_behavior?: PriceBehavior | undefined;
  tax_code?: string | undefined;
}

/** A calculation as a caller asks for it. */
export interface CalculationParameters {
  currency: string;
  customer?: string | undefined;
  customer_details?:
    | {
        address?: GivenAddress | undefined;
        address_source?: "billing" | "shipping" | undefined;
        ip_address?: string | undefined;
        tax_ids?: Array<{ type: string; value: string }> | undefined;
        taxability_override?: "customer_exempt" | "none" | "reverse_charge" | undefined;
      }
    | undefined;
  line_items: LineParameters[];
  tax_date?: number | undefined;
}

interface Counted {
  item: Stripe.Tax.CalculationLineItem;
  parts: TaxPart[];
}

/** Calculates, stores and answers. */
export function calculate(tx: Transaction, params: CalculationParameters): Stripe.Tax.Calculation {
  const customer = params.customer === undefined ? null : tx.get("customer", params.customer, "customer");
  const now = tx.now(idOf(customer?.test_clock));
  const date = params.tax_date ?? now;
  const { buyer, details } = buyerOf(tx, params, customer);
  const seller = sellerAt(tx, date);
  const counted = params.line_items.map((line, index) => count(tx, params, line, index, buyer, seller));
  const references = counted.map(({ item }) => item.reference);
  if (new Set(references).size < references.length) {
    throw invalidRequest("The references of line items must differ.", { param: "line_items" });
  }
  const parts = counted.flatMap((line) => line.parts);
  const sum = (inclusive: boolean) =>
    parts.reduce((total, part) => total + (part.inclusive === inclusive ? part.taxMinor : 0), 0);
  const id = tx.newId("taxcalc");
  const record: TaxCalculationRecord = {
    id,
    calculation: {
      id,
      object: "tax.calculation",
      amount_total: counted.reduce((total, { item }) => total + item.amount, sum(false)),
      currency: params.currency,
      customer: customer?.id ?? null,
      customer_details: details,
      expires_at: now + lifetimeSeconds,
      livemode: false,
      ship_from_details: null,
      shipping_cost: null,
      tax_amount_exclusive: sum(false),
      tax_amount_inclusive: sum(true),
      tax_breakdown: summary(parts),
      tax_date: date,
    },
    lineItems: counted.map(({ item }) => item),
  };
  return tx.put("tax_calculation", record).calculation;
}

function buyerOf(
  tx: Transaction,
  params: CalculationParameters,
  customer: Stripe.Customer | null,
): { buyer: Buyer; details: Stripe.Tax.Calculation.CustomerDetails } {
  const given = params.customer_details;
  if (customer !== null) {
    if (given !== undefined) {
      throw invalidRequest("You may only specify one of these parameters: customer, customer_details.", {
        param: "customer_details",
      });
    }
    const place = placeOf(tx, customer);
    if (place === null) throw unknownLocation("customer");
    const isShipped = place.source === "shipping_destination";
    const buyer = buyerAt(tx, customer, place);
    const ids = tx.listBy("tax_id", "customer", customer.id).map(({ type, value }) => ({ type, value }));
    const address = isShipped ? customer.shipping?.address : customer.address;
    return { buyer, details: detailsOf(address, isShipped ? "shipping" : "billing", ids, overrideOf(buyer.exempt)) };
  }
  if (given === undefined) {
    throw invalidRequest("You must specify either `customer` or `customer_details`.", { param: "customer_details" });
  }
  for (const [index, { type, value }] of (given.tax_ids ?? []).entries()) {
    if (isWellFormed(type, value.trim().toUpperCase())) continue;
    const param = `customer_details[tax_ids][${index}][value]`;
    throw invalidRequest(`Invalid value for ${type}.`, { code: "tax_id_invalid", param });
  }
  const place = given.address === undefined ? placeOfIp(given.ip_address ?? "") : placeOfAddress({ ...given.address });
  if (place === null) throw unknownLocation("customer_details[address]");
  const override = given.taxability_override ?? "none";
  const ids = given.tax_ids ?? [];
  const details = detailsOf(given.address, given.address_source ?? "billing", ids, override, given.ip_address);
  const home = sellerCountry(tx);
  const foreign = ids.filter(({ type, value }) => type !== "eu_vat" || !value.trim().toUpperCase().startsWith(home));
  return { buyer: { place, exempt: exemptionOf(override), taxIds: foreign.map(({ type }) => type) }, details };
}

function detailsOf(
  address: GivenAddress | null | undefined,
  source: "billing" | "shipping",
  ids: Array<{ type: string; value: string }>,
  override: "customer_exempt" | "none" | "reverse_charge",
  ip?: string | undefined,
): Stripe.Tax.Calculation.CustomerDetails {
  return {
    address: address ? addressOf(address) : null,
    address_source: address ? source : null,
    ip_address: ip ?? null,
    tax_ids: ids,
    taxability_override: override,
  };
}

function overrideOf(exempt: Buyer["exempt"]): "customer_exempt" | "none" | "reverse_charge" {
  if (exempt === "none") return "none";
  return exempt === "exempt" ? "customer_exempt" : "reverse_charge";
}

function exemptionOf(override: "customer_exempt" | "none" | "reverse_charge"): Buyer["exempt"] {
  if (override === "none") return "none";
  return override === "customer_exempt" ? "exempt" : "reverse";
}

function count(
  tx: Transaction,
  params: CalculationParameters,
  line: LineParameters,
  index: number,
  buyer: Buyer,
  seller: Seller,
): Counted {
  const product = line.product === undefined ? null : tx.get("product", line.product, `line_items[${index}][product]`);
  const behavior = behaviorOf(tx, line.tax_behavior, params.currency);
  const taxCode = line.tax_code ?? idOf(product?.tax_code) ?? standardTaxCode(tx);
  const parts = taxParts({ amountMinor: line.amount, currency: params.currency, behavior, taxCode }, buyer, seller);
  const id = tx.newId("tax_li");
  return {
    item: {
      id,
      object: "tax.calculation_line_item",
      amount: line.amount,
      amount_tax: parts.reduce((sum, part) => sum + part.taxMinor, 0),
      livemode: false,
      metadata: line.metadata === undefined ? null : applyMetadata({}, line.metadata),
      performance_location: null,
      product: product?.id ?? null,
      quantity: line.quantity ?? 1,
      reference: line.reference ?? `L${index + 1}`,
      tax_behavior: behavior,
      tax_breakdown: parts.map(lineEntry),
      tax_code: taxCode,
    },
    parts,
  };
}

function lineEntry(part: TaxPart): Stripe.Tax.CalculationLineItem.TaxBreakdown {
  return {
    amount: part.taxMinor,
    jurisdiction: {
      country: part.country,
      display_name: part.jurisdiction,
      level: part.state === null ? "country" : "state",
      state: part.state,
    },
    sourcing: "destination",
    tax_rate_details:
      part.taxType === null
        ? null
        : {
            display_name: part.displayName,
            percentage_decimal: String(part.effectivePercentage),
            tax_type: part.taxType,
          },
    taxability_reason: part.taxability,
    taxable_amount: part.taxableMinor,
  };
}

/** The parts of all lines by tax, in the order in which the taxes first appear. */
function summary(parts: readonly TaxPart[]): Stripe.Tax.Calculation.TaxBreakdown[] {
  const sums = new Map<string, Stripe.Tax.Calculation.TaxBreakdown>();
  for (const part of parts) {
    const { country, state, taxType, effectivePercentage, inclusive, taxability } = part;
    const key = JSON.stringify([country, state, taxType, effectivePercentage, inclusive, taxability]);
    const before = sums.get(key);
    sums.set(key, {
      amount: (before?.amount ?? 0) + part.taxMinor,
      inclusive,
      tax_rate_details: {
        country,
        flat_amount: null,
        percentage_decimal: String(effectivePercentage),
        rate_type: taxType === null ? null : "percentage",
        state,
        tax_type: taxType,
      },
      taxability_reason: taxability,
      taxable_amount: (before?.taxable_amount ?? 0) + part.taxableMinor,
    });
  }
  return [...sums.values()];
}
