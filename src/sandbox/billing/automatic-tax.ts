/**
 * Automatic tax on invoices: turning it on, and the tax entries of lines.
 *
 * Owns: `automatic_tax` of subscriptions and invoices, what a line is taxed as (its item's own terms, else its price and
 * product, else the account's defaults), and that automatic tax and rates chosen by hand exclude each other.
 * Refuses: the rules themselves (tax/), and what happens when a location is missing (tax-location.ts).
 */
import type Stripe from "stripe";
import { invalidRequest, notSupported } from "../http/errors";
import { boolean, hash, type Infer, oneOf } from "../http/params";
import { idOf } from "../store/indexes";
import type { Transaction } from "../store/transaction";
import { type TaxedAmount, type TaxPart, taxParts } from "../tax/calculation";
import { buyerAt, placeOf, sellerAt } from "../tax/customer-location";
import { rateOf } from "../tax/rate-objects";
import { behaviorOf, standardTaxCode } from "../tax/settings";
import { invoiceItemOf } from "./lines";
import { nowOf } from "./records";

const automaticTaxSchema = {
  enabled: boolean().required(),
  liability: hash({ type: oneOf("account", "self").required() }, ["account"]),
};

/** `automatic_tax` as every endpoint takes it. */
export const automaticTaxParams = hash(automaticTaxSchema);

/** Whether an amount contains its taxes, as a caller says it. */
export const taxBehavior = oneOf("exclusive", "inclusive", "unspecified");

/** Automatic tax as a caller asks for it. */
export type AutomaticTaxParameters = Infer<typeof automaticTaxSchema> | undefined;

/** `automatic_tax` of a subscription. */
export function subscriptionTax(given: AutomaticTaxParameters): Stripe.Subscription.AutomaticTax {
  return { disabled_reason: null, enabled: given?.enabled === true, liability: liabilityOf(given) };
}

/** `automatic_tax` of an invoice that has not been added up yet. */
export function invoiceTax(given: AutomaticTaxParameters): Stripe.Invoice.AutomaticTax {
  const enabled = given?.enabled === true;
  return {
    disabled_reason: null,
    enabled,
    liability: liabilityOf(given),
    provider: enabled ? "stripe" : null,
    status: null,
  };
}

/** `automatic_tax` of an invoice that a subscription makes by itself; one made by hand inherits nothing. */
export function inheritedTax(
  subscription: Stripe.Subscription | null,
  reason: Stripe.Invoice.BillingReason,
): Stripe.Invoice.AutomaticTax {
  return invoiceTax({ enabled: reason !== "manual" && subscription?.automatic_tax.enabled === true });
}

/** Finds the taxes of an invoice's lines. */
export interface Taxer {
  status: "complete" | "requires_location_inputs";
  /** The entries of a line whose amount after discounts is given. */
  taxesOn(line: Stripe.InvoiceLineItem, amountMinor: number): Stripe.InvoiceLineItem.Tax[];
}

/** The taxer of an invoice whose taxes are calculated, null for any other. Without a location it finds none. */
export function taxerOf(tx: Transaction, invoice: Stripe.Invoice, customer: Stripe.Customer): Taxer | null {
  if (!invoice.automatic_tax.enabled) return null;
  const place = placeOf(tx, customer);
  if (place === null) return { status: "requires_location_inputs", taxesOn: () => [] };
  const buyer = buyerAt(tx, customer, place);
  const seller = sellerAt(tx, nowOf(tx, customer));
  return {
    status: "complete",
    taxesOn: (line, amountMinor) =>
      taxParts({ ...termsOf(tx, line), amountMinor, currency: line.currency }, buyer, seller).map((part) =>
        taxEntry(tx, part),
      ),
  };
}

/** A tax in the shape that lines carry it in. */
export function taxEntry(tx: Transaction, part: TaxPart): Stripe.InvoiceLineItem.Tax {
  return {
    amount: part.taxMinor,
    tax_behavior: part.inclusive ? "inclusive" : "exclusive",
    tax_rate_details: { tax_rate: rateOf(tx, part).id },
    taxability_reason: part.taxability,
    taxable_amount: part.taxableMinor,
    type: "tax_rate_details",
  };
}

/** What a price's amounts are taxed as. */
export function termsOfPrice(
  tx: Transaction,
  price: Stripe.Price | undefined,
  currency: string,
): Omit<TaxedAmount, "amountMinor"> {
  const stated = price?.currency_options?.[currency]?.tax_behavior ?? price?.tax_behavior;
  const product = tx.find("product", idOf(price?.product) ?? "");
  return {
    behavior: behaviorOf(tx, stated, currency),
    currency,
    taxCode: idOf(product?.tax_code) ?? standardTaxCode(tx),
  };
}

function termsOf(tx: Transaction, line: Stripe.InvoiceLineItem): Omit<TaxedAmount, "amountMinor"> {
  const price = tx.find("price", idOf(line.pricing?.price_details?.price) ?? "");
  const ofPrice = termsOfPrice(tx, price, line.currency);
  const own = tx.find("item_tax_terms", invoiceItemOf(line) ?? "");
  return {
    currency: line.currency,
    behavior: own?.behavior == null ? ofPrice.behavior : behaviorOf(tx, own.behavior, line.currency),
    taxCode: own?.taxCode ?? ofPrice.taxCode,
  };
}

/** Remembers what an invoice item was told about its taxes. */
export function saveItemTaxTerms(
  tx: Transaction,
  item: string,
  params: { tax_behavior?: string | undefined; tax_code?: string | null | undefined },
): void {
  if (params.tax_behavior === undefined && params.tax_code === undefined) return;
  const before = tx.find("item_tax_terms", item);
  tx.put("item_tax_terms", {
    id: item,
    behavior: params.tax_behavior ?? before?.behavior ?? null,
    taxCode: params.tax_code === undefined ? (before?.taxCode ?? null) : params.tax_code,
  });
}

/** Throws when a subscription would have both automatic tax and rates chosen by hand. */
export function refuseMixedTaxes(subscription: Stripe.Subscription): void {
  if (!subscription.automatic_tax.enabled) return;
  if ((subscription.default_tax_rates ?? []).length > 0) throw mixedTaxes("default_tax_rates");
  const index = subscription.items.data.findIndex((item) => (item.tax_rates ?? []).length > 0);
  if (index >= 0) throw mixedTaxes(`items[${index}][tax_rates]`);
}

/** Throws when an invoice would have both; its lines may not bring rates, nor amounts below zero, unless as prorations. */
export function refuseMixedInvoice(tx: Transaction, invoice: Stripe.Invoice, lines: Stripe.InvoiceLineItem[]): void {
  if (!invoice.automatic_tax.enabled) return;
  if (invoice.default_tax_rates.length > 0) throw mixedTaxes("default_tax_rates");
  for (const line of lines) {
    const item = tx.find("invoiceitem", invoiceItemOf(line) ?? "");
    if (item) refuseMixedItem(invoice, item, "automatic_tax");
  }
}

/** Throws when an item cannot stand on an invoice whose taxes are calculated. */
export function refuseMixedItem(invoice: Stripe.Invoice | null, item: Stripe.InvoiceItem, param: string): void {
  if (!invoice?.automatic_tax.enabled || item.proration) return;
  if ((item.tax_rates ?? []).length > 0) throw mixedTaxes(param);
  if (item.amount < 0) {
    throw invalidRequest("Invoice items with negative amounts cannot be added to invoices with automatic tax.", {
      param,
    });
  }
}

/** Stripe's refusal of tax rates beside automatic tax. */
export function mixedTaxes(param: string): Error {
  return invalidRequest(
    "You cannot set tax rates on an object with automatic tax enabled. Remove the tax rates, or set `automatic_tax[enabled]` to `false`.",
    { param },
  );
}

function liabilityOf(given: AutomaticTaxParameters): { type: "self" } | null {
  if (given?.liability?.type === "account") {
    throw notSupported("Liability of a connected account", "automatic_tax[liability][type]");
  }
  return given?.enabled === true ? { type: "self" } : null;
}

/** Whether a phase of a schedule calculates taxes: what it says itself, else what the schedule says. */
export function phaseCalculatesTax(
  schedule: Stripe.SubscriptionSchedule,
  phase: Stripe.SubscriptionSchedule.Phase,
): boolean {
  return (phase.automatic_tax ?? schedule.default_settings.automatic_tax)?.enabled === true;
}
