/**
 * Draft invoices: opening one, putting lines on it, and adding it up again after every change.
 *
 * Owns: the shape of a new invoice, which pending invoice items join it, and the one place where lines get their
 * discounts and taxes (`retotal`), so that a draft, a preview and a finalised invoice cannot differ in arithmetic.
 *
 * A line's tax rates are its source's own (invoice item, subscription item), else the invoice's default rates; an invoice
 * made by a subscription starts with the subscription's default rates, one made by hand with those it was given.
 */
import type Stripe from "stripe";
import { stepOf } from "../payments/currency-step";
import { idOf } from "../store/indexes";
import type { Transaction } from "../store/transaction";
import { inheritedTax, type Taxer, taxerOf } from "./automatic-tax";
import { discountTermsOf } from "./discount-terms";
import { spreadDiscounts } from "./discounts";
import { invoiceItemLine, invoiceItemOf } from "./lines";
import { paymentSettingsOf } from "./payable-types";
import { customerOf, loadLines, nowOf, saveInvoice } from "./records";
import { taxIdsOf } from "./tax-ids";
import { lineTaxes } from "./taxes";
import { applyBalance, sumLines } from "./totals";
import { embeddedList } from "./wire";

const secondsPerDay = 86_400;

/** Stripe puts at most this many pending items on one invoice; the rest waits for the next. */
const maximumPendingItems = 250;

/** What the caller decides about a new invoice; everything else follows from the customer. */
export interface DraftTerms {
  customer: Stripe.Customer;
  currency: string;
  subscription: Stripe.Subscription | null;
  billingReason: Stripe.Invoice.BillingReason;
  period: { start: number; end: number };
  collectionMethod: Stripe.Invoice.CollectionMethod;
  daysUntilDue: number | null;
  autoAdvance: boolean;
  automaticallyFinalizesAt: number | null;
  defaultTaxRates: readonly Stripe.TaxRate[];
  discounts: readonly string[];
  prorationDate?: number | undefined;
}

/** Stores an empty draft without announcing it; the caller adds lines, calls retotal and emits `invoice.created`. */
export function openDraft(tx: Transaction, terms: DraftTerms): Stripe.Invoice {
  const { customer, subscription } = terms;
  const now = nowOf(tx, customer);
  const id = tx.newId("in");
  const invoice: Stripe.Invoice = {
    ...blankInvoice(id),
    ...customerSnapshot(tx, customer),
    auto_advance: terms.autoAdvance,
    automatic_tax: inheritedTax(subscription, terms.billingReason),
    automatically_finalizes_at: terms.automaticallyFinalizesAt,
    billing_reason: terms.billingReason,
    collection_method: terms.collectionMethod,
    created: now,
    currency: terms.currency,
    customer: customer.id,
    default_tax_rates: [...terms.defaultTaxRates],
    ...invoiceWords(subscription),
    discounts: [...terms.discounts],
    due_date: terms.daysUntilDue === null ? null : now + terms.daysUntilDue * secondsPerDay,
    parent: subscription ? subscriptionParent(subscription, terms.prorationDate) : null,
    period_end: terms.period.end,
    period_start: terms.period.start,
    starting_balance: customer.balance,
    test_clock: idOf(customer.test_clock),
  };
  return saveInvoice(tx, invoice);
}

/** What a subscription has all its invoices say. */
function invoiceWords(subscription: Stripe.Subscription | null): Partial<Stripe.Invoice> {
  if (subscription === null) return {};
  const { account_tax_ids, custom_fields, description, footer } = subscription.invoice_settings;
  return { account_tax_ids, custom_fields, description, footer, ...paymentSettingsOf(subscription) };
}

/** The customer's fields an invoice carries; they follow the customer until it is finalised. */
export function customerSnapshot(tx: Transaction, customer: Stripe.Customer): Partial<Stripe.Invoice> {
  return {
    customer_address: customer.address ?? null,
    customer_email: customer.email,
    customer_name: customer.name ?? null,
    customer_phone: customer.phone ?? null,
    customer_shipping: customer.shipping ?? null,
    customer_tax_exempt: customer.tax_exempt ?? "none",
    customer_tax_ids: taxIdsOf(tx, customer.id).map(({ type, value }) => ({ type, value })),
  };
}

/**
 * The pending items that belong on an invoice, newest first. An invoice of a subscription takes the customer's own items
 * and this subscription's, never another subscription's; `onlyOwn` leaves the customer's out (a canceled subscription's
 * last invoice).
 */
export function pendingItems(
  tx: Transaction,
  customer: string,
  currency: string,
  subscription: string | null,
  options: { onlyOwn?: boolean } = {},
): Stripe.InvoiceItem[] {
  const items = tx.listBy("invoiceitem", "customer", customer).filter((item) => {
    if (item.invoice !== null || item.currency !== currency) return false;
    const own = item.parent?.subscription_details?.subscription ?? null;
    if (subscription === null) return true;
    return own === subscription || (own === null && options.onlyOwn !== true);
  });
  return items.slice(0, maximumPendingItems);
}

/** Puts an invoice item on an invoice as a new line, and lets what was charged for it point there. */
export function attachItem(tx: Transaction, invoice: Stripe.Invoice, item: Stripe.InvoiceItem): Stripe.InvoiceLineItem {
  const subscription = idOf(invoice.parent?.subscription_details?.subscription);
  const line = tx.put("invoice_line", invoiceItemLine(tx.newId("il"), invoice.id, item, subscription));
  tx.put("invoiceitem", { ...item, invoice: invoice.id });
  const subscriptionItem = item.parent?.subscription_details?.subscription_item;
  if (item.proration && subscriptionItem) {
    for (const debit of tx.listBy("item_debit", "subscription_item", subscriptionItem)) {
      if (debit.invoiceItem === item.id) tx.put("item_debit", { ...debit, invoice: invoice.id, invoiceLine: line.id });
    }
  }
  return line;
}

/** Adds the invoice up again from its lines: discounts, taxes, totals and what would be due. */
export function retotal(tx: Transaction, invoiceId: string): Stripe.Invoice {
  const invoice = tx.get("invoice", invoiceId);
  const customer = customerOf(tx, invoice);
  const taxer = taxerOf(tx, invoice, customer);
  const lines = taxLines(tx, invoice, taxer, discountLines(tx, invoice, loadLines(tx, invoice.id)));
  for (const line of lines) tx.put("invoice_line", line);
  const totals = sumLines(lines);
  const { amountDue } = applyBalance(totals.total, customer.balance, invoice.currency);
  return saveInvoice(tx, {
    ...invoice,
    ...totals,
    automatic_tax: { ...invoice.automatic_tax, status: taxer?.status ?? invoice.automatic_tax.status },
    starting_balance: customer.balance,
    amount_due: amountDue,
    amount_remaining: amountDue,
  });
}

function discountLines(
  tx: Transaction,
  invoice: Stripe.Invoice,
  lines: readonly Stripe.InvoiceLineItem[],
): Stripe.InvoiceLineItem[] {
  const termsOf = (discount: string | { id: string }) => discountTermsOf(tx, idOf(discount) ?? "", invoice.currency);
  const discounts = invoice.discounts.flatMap((discount) => termsOf(discount));
  const parts = spreadDiscounts(
    lines.map((line) => ({
      amountMinor: line.amount,
      discountable: line.discountable,
      own: line.discounts.flatMap((discount) => termsOf(discount)),
      product: line.pricing?.price_details?.product,
    })),
    discounts,
    stepOf(invoice.currency),
  );
  return lines.map((line, index) => ({
    ...line,
    discount_amounts:
      itemizedParts(tx, line) ??
      (parts[index] ?? []).map((part) => ({ amount: part.amountMinor, discount: part.discount })),
  }));
}

/** An itemized proration carries the discounts it was made with; none apply to it any more. */
function itemizedParts(tx: Transaction, line: Stripe.InvoiceLineItem): Stripe.InvoiceLineItem.DiscountAmount[] | null {
  const item = line.discountable ? undefined : tx.find("invoiceitem", invoiceItemOf(line) ?? "");
  const parts = item?.proration_details?.discount_amounts ?? [];
  return parts.length === 0 ? null : parts.map(({ amount, discount }) => ({ amount, discount: idOf(discount) ?? "" }));
}

function taxLines(
  tx: Transaction,
  invoice: Stripe.Invoice,
  taxer: Taxer | null,
  lines: readonly Stripe.InvoiceLineItem[],
): Stripe.InvoiceLineItem[] {
  return lines.map((line) => {
    const discounted = (line.discount_amounts ?? []).reduce((sum, discount) => sum + discount.amount, 0);
    const fixed = tx.find("line_tax_terms", line.id)?.amounts;
    if (fixed) return { ...line, taxes: fixed };
    const own = ratesOf(tx, line);
    if (taxer !== null && own.length === 0) return { ...line, taxes: taxer.taxesOn(line, line.amount - discounted) };
    const rates = own.length > 0 ? own : invoice.default_tax_rates;
    return { ...line, taxes: lineTaxes(line.amount - discounted, rates, invoice.customer_tax_exempt, line.currency) };
  });
}

/** The tax rates a line's source carries itself. */
function ratesOf(tx: Transaction, line: Stripe.InvoiceLineItem): readonly Stripe.TaxRate[] {
  const decided = tx.find("line_tax_terms", line.id)?.rates;
  if (decided) return decided;
  const invoiceItem = invoiceItemOf(line);
  const own = invoiceItem === null ? null : (tx.find("invoiceitem", invoiceItem)?.tax_rates ?? null);
  if (own && own.length > 0) return own;
  const subscriptionItem = line.parent?.subscription_item_details?.subscription_item;
  return subscriptionItem === undefined ? [] : (tx.find("subscription_item", subscriptionItem)?.tax_rates ?? []);
}

function subscriptionParent(
  subscription: Stripe.Subscription,
  prorationDate: number | undefined,
): Stripe.Invoice.Parent {
  return {
    type: "subscription_details",
    quote_details: null,
    subscription_details: {
      metadata: subscription.metadata,
      subscription: subscription.id,
      ...(prorationDate === undefined ? {} : { subscription_proration_date: prorationDate }),
    },
  };
}

function blankInvoice(id: string): Stripe.Invoice {
  return {
    ...blankReferences,
    ...blankMoney,
    id,
    object: "invoice",
    attempt_count: 0,
    attempted: false,
    automatic_tax: { disabled_reason: null, enabled: false, liability: null, provider: null, status: null },
    automatically_finalizes_at: null,
    billing_reason: "manual",
    collection_method: "charge_automatically",
    created: 0,
    currency: "usd",
    customer_tax_ids: [],
    default_tax_rates: [],
    discounts: [],
    issuer: { type: "self" },
    lines: embeddedList<Stripe.InvoiceLineItem>([], `/v1/invoices/${id}/lines`),
    livemode: false,
    metadata: {},
    payment_settings: { default_mandate: null, payment_method_options: null, payment_method_types: null },
    period_end: 0,
    period_start: 0,
    status: "draft",
    status_transitions: { finalized_at: null, marked_uncollectible_at: null, paid_at: null, voided_at: null },
  };
}

const blankMoney = {
  amount_due: 0,
  amount_overpaid: 0,
  amount_paid: 0,
  amount_remaining: 0,
  amount_shipping: 0,
  ending_balance: null,
  post_payment_credit_notes_amount: 0,
  pre_payment_credit_notes_amount: 0,
  starting_balance: 0,
  subtotal: 0,
  subtotal_excluding_tax: 0,
  total: 0,
  total_discount_amounts: [],
  total_excluding_tax: 0,
  total_pretax_credit_amounts: [],
  total_taxes: [],
};

/** What is not known of a draft yet, or never set by the sandbox. */
const blankReferences = {
  account_country: "US",
  account_name: "Sandbox",
  account_tax_ids: null,
  application: null,
  custom_fields: null,
  customer: null,
  customer_account: null,
  customer_address: null,
  customer_email: null,
  customer_name: null,
  customer_phone: null,
  customer_shipping: null,
  customer_tax_exempt: "none",
  default_payment_method: null,
  default_source: null,
  description: null,
  due_date: null,
  effective_at: null,
  footer: null,
  from_invoice: null,
  hosted_invoice_url: null,
  invoice_pdf: null,
  last_finalization_error: null,
  latest_revision: null,
  next_payment_attempt: null,
  number: null,
  on_behalf_of: null,
  parent: null,
  receipt_number: null,
  rendering: null,
  shipping_cost: null,
  shipping_details: null,
  statement_descriptor: null,
  test_clock: null,
  webhooks_delivered_at: null,
} satisfies Partial<Stripe.Invoice>;
