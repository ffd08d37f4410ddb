/**
 * Revisions: a finalised invoice that was wrong, made again.
 *
 * Owns: `from_invoice[action]=revision`: a draft with the same lines and terms that can be corrected, and what its
 * finalising does to the original, which is voided and points to it. Refuses: invoices that are not waiting to be paid.
 */
import type Stripe from "stripe";
import { invalidRequest } from "../http/errors";
import { idOf } from "../store/indexes";
import type { Transaction } from "../store/transaction";
import { attachItem, openDraft, retotal } from "./draft";
import { customerOf, loadLines, nowOf, reviseInvoice, saveInvoice, subscriptionOf } from "./records";
import { voidInvoice } from "./settle";
import { decimalText } from "./wire";

/** A draft that repeats an open invoice, not yet announced. */
export function draftRevision(tx: Transaction, originalId: string): Stripe.Invoice {
  const original = tx.get("invoice", originalId, "from_invoice[invoice]");
  if (original.status !== "open" && original.status !== "uncollectible") {
    throw invalidRequest(`Only finalized invoices that are not paid can be revised; this one is ${original.status}.`, {
      param: "from_invoice[invoice]",
    });
  }
  const customer = customerOf(tx, original);
  const draft = openDraft(tx, {
    customer,
    currency: original.currency,
    subscription: subscriptionOf(tx, original),
    billingReason: "manual",
    period: { start: original.period_start, end: original.period_end },
    collectionMethod: original.collection_method,
    daysUntilDue: null,
    autoAdvance: false,
    automaticallyFinalizesAt: null,
    defaultTaxRates: original.default_tax_rates,
    discounts: original.discounts.map((one) => idOf(one) ?? ""),
  });
  saveInvoice(tx, {
    ...draft,
    account_tax_ids: original.account_tax_ids,
    automatic_tax: original.automatic_tax,
    custom_fields: original.custom_fields,
    default_payment_method: original.default_payment_method,
    description: original.description,
    due_date: original.due_date !== null && original.due_date > nowOf(tx, customer) ? original.due_date : null,
    footer: original.footer,
    from_invoice: { action: "revision", invoice: original.id },
    metadata: original.metadata,
    payment_settings: original.payment_settings,
    rendering: original.rendering,
    statement_descriptor: original.statement_descriptor,
  });
  for (const line of loadLines(tx, original.id)) repeatLine(tx, draft, line);
  return retotal(tx, draft.id);
}

/** A revision that was finalised replaces its original. */
export function replaceOriginal(tx: Transaction, revision: Stripe.Invoice): void {
  const original = tx.find("invoice", idOf(revision.from_invoice?.invoice) ?? "");
  if (!original || (original.status !== "open" && original.status !== "uncollectible")) return;
  const voided = voidInvoice(tx, original);
  reviseInvoice(tx, voided, { latest_revision: revision.id });
}

function repeatLine(tx: Transaction, draft: Stripe.Invoice, line: Stripe.InvoiceLineItem): void {
  const rates = (line.taxes ?? []).flatMap((tax) => tx.find("tax_rate", tax.tax_rate_details?.tax_rate ?? "") ?? []);
  const isOwn = rates.some((rate) => draft.default_tax_rates.every((one) => one.id !== rate.id));
  const item = tx.put("invoiceitem", {
    id: tx.newId("ii"),
    object: "invoiceitem",
    amount: line.amount,
    currency: line.currency,
    customer: idOf(draft.customer) ?? "",
    customer_account: null,
    date: nowOf(tx, draft),
    description: line.description,
    discountable: line.discountable,
    discounts: line.discounts.map((one) => idOf(one) ?? ""),
    invoice: null,
    livemode: false,
    metadata: line.metadata,
    parent: null,
    period: { start: line.period.start, end: line.period.end },
    pricing: line.pricing,
    proration: false,
    quantity: line.quantity ?? 1,
    quantity_decimal: line.quantity_decimal ?? decimalText("1"),
    tax_rates: isOwn ? rates.filter((rate) => rate.active) : [],
    test_clock: idOf(draft.test_clock),
  });
  const added = attachItem(tx, draft, item);
  const decided = tx.find("line_tax_terms", line.id);
  if (decided) tx.put("line_tax_terms", { ...decided, id: added.id });
}
