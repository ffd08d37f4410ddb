/**
 * Invoices by hand: creating and changing drafts, and what a caller does with finalised ones.
 *
 * Owns: the verbs behind /v1/invoices that are not a subscription's own doing. Refuses: changing what is frozen once an
 * invoice is finalised, and deleting what is a document.
 */
import type Stripe from "stripe";
import { invalidRequest, StripeError } from "../http/errors";
import { applyMetadata, type MetadataChange } from "../http/params";
import { idOf } from "../store/indexes";
import type { Transaction } from "../store/transaction";
import { announceInvoice, followAutoAdvance } from "./advance-invoice";
import { type AutomaticTaxParameters, invoiceTax, refuseMixedInvoice } from "./automatic-tax";
import { attemptInvoice, paymentMethodFor, startProcessing } from "./collect";
import { type DiscountSource, replaceDiscounts } from "./discount-sources";
import { customerDiscount } from "./discount-terms";
import { openDraft, pendingItems, retotal } from "./draft";
import { assertNumberIsFree } from "./finalise";
import { type LooksParameters, looksChange } from "./invoice-looks";
import { defaultIntent, refusal } from "./invoice-payments";
import { billItems, scheduleFinalisation } from "./issue";
import { invoiceItemOf } from "./lines";
import { assertPayableBy } from "./payable-types";
import { customerOf, loadLines, nowOf, saveInvoice, subscriptionOf } from "./records";
import { draftRevision } from "./revise-invoice";
import { markPaid, unscheduleInvoice } from "./settle";
import { ownedPaymentMethod, taxRates } from "./terms";

const secondsPerDay = 86_400;

/** The fields of a draft a caller may set. */
export interface DraftParameters extends LooksParameters {
  auto_advance?: boolean | undefined;
  automatic_tax?: AutomaticTaxParameters;
  automatically_finalizes_at?: number | undefined;
  collection_method?: "charge_automatically" | "send_invoice" | undefined;
  days_until_due?: number | undefined;
  default_payment_method?: string | undefined;
  default_tax_rates?: string[] | undefined;
  description?: string | null | undefined;
  discounts?: DiscountSource[] | undefined;
  due_date?: number | undefined;
  effective_at?: number | null | undefined;
  footer?: string | null | undefined;
  metadata?: MetadataChange | undefined;
  number?: string | null | undefined;
  statement_descriptor?: string | undefined;
}

/** What a new invoice is made from. */
export interface NewInvoiceParameters extends DraftParameters {
  customer?: string | undefined;
  currency?: string | undefined;
  from_invoice?: { action: "revision"; invoice: string } | undefined;
  pending_invoice_items_behavior?: "exclude" | "include" | undefined;
  subscription?: string | undefined;
}

/** Makes a draft by hand. It advances by itself only when told to, and takes pending items only when told to. */
export function createInvoice(tx: Transaction, params: NewInvoiceParameters): Stripe.Invoice {
  if (params.from_invoice !== undefined) return createRevision(tx, params, params.from_invoice.invoice);
  const subscription =
    params.subscription === undefined ? null : tx.get("subscription", params.subscription, "subscription");
  const customerId = params.customer ?? idOf(subscription?.customer);
  if (customerId === null) {
    throw invalidRequest("Missing required param: customer.", { code: "parameter_missing", param: "customer" });
  }
  const customer = tx.get("customer", customerId, "customer");
  if (subscription && idOf(subscription.customer) !== customer.id) {
    throw invalidRequest(`The subscription ${subscription.id} does not belong to this customer.`, {
      param: "subscription",
    });
  }
  const currency = subscription?.currency ?? params.currency ?? customer.currency ?? "usd";
  const now = nowOf(tx, customer);
  const collectionMethod = params.collection_method ?? "charge_automatically";
  const draft = openDraft(tx, {
    customer,
    currency,
    subscription,
    billingReason: "manual",
    period: { start: now, end: now },
    collectionMethod,
    daysUntilDue: null,
    autoAdvance: false,
    automaticallyFinalizesAt: null,
    defaultTaxRates: [],
    discounts: params.discounts === undefined ? customerDiscount(customer, now) : [],
  });
  const pending =
    params.pending_invoice_items_behavior === "include"
      ? pendingItems(tx, customer.id, currency, subscription?.id ?? null, { onlyOwn: subscription !== null })
      : [];
  billItems(tx, draft, pending);
  const changed = applyDraftParameters(tx, tx.get("invoice", draft.id), params);
  const totalled = retotal(tx, changed.id);
  const invoice =
    params.automatically_finalizes_at === undefined
      ? followAutoAdvance(tx, { ...changed, auto_advance: false }, totalled)
      : finaliseLater(tx, totalled, params.automatically_finalizes_at);
  tx.emit("invoice.created", invoice);
  return invoice;
}

function createRevision(tx: Transaction, params: NewInvoiceParameters, original: string): Stripe.Invoice {
  const draft = draftRevision(tx, original);
  if (params.customer !== undefined && params.customer !== draft.customer) {
    throw invalidRequest("A revision belongs to the customer of its original.", { param: "customer" });
  }
  const changed = applyDraftParameters(tx, draft, params);
  const invoice = followAutoAdvance(tx, { ...changed, auto_advance: false }, retotal(tx, changed.id));
  tx.emit("invoice.created", invoice);
  return invoice;
}

/** Changes an invoice: a draft in all it allows, a finalised one in the little that is not frozen. */
export function updateInvoice(tx: Transaction, id: string, params: DraftParameters): Stripe.Invoice {
  const before = tx.get("invoice", id);
  const given = Object.entries(params).flatMap(([name, value]) => (value === undefined ? [] : [name]));
  const isDraft = before.status === "draft";
  const frozen = given.find((name) => !["metadata", "auto_advance", "default_payment_method"].includes(name));
  if (!isDraft && frozen !== undefined) {
    throw invalidRequest("Finalized invoices can't be updated in this way.", {
      code: "invoice_not_editable",
      param: frozen,
    });
  }
  const changed = applyDraftParameters(tx, before, params);
  const totalled = isDraft ? retotal(tx, changed.id) : changed;
  const followed =
    params.automatically_finalizes_at === undefined
      ? followAutoAdvance(tx, before, totalled)
      : finaliseLater(tx, totalled, params.automatically_finalizes_at);
  return announceInvoice(tx, before, followed);
}

/** A draft that was given a time finalises itself then, and goes on by itself. */
function finaliseLater(tx: Transaction, draft: Stripe.Invoice, at: number): Stripe.Invoice {
  const now = nowOf(tx, draft);
  if (at <= now || at > now + 5 * 366 * secondsPerDay) {
    throw invalidRequest("automatically_finalizes_at must be in the future, and at most 5 years away.", {
      param: "automatically_finalizes_at",
    });
  }
  return scheduleFinalisation(tx, draft.id, at);
}

function applyDraftParameters(tx: Transaction, before: Stripe.Invoice, params: DraftParameters): Stripe.Invoice {
  const change: Partial<Stripe.Invoice> = {
    ...looksChange(before, params),
    metadata: applyMetadata(before.metadata ?? {}, params.metadata),
  };
  if (params.discounts !== undefined) change.discounts = invoiceDiscounts(tx, before, params.discounts);
  if (params.auto_advance !== undefined) change.auto_advance = params.auto_advance;
  if (params.automatic_tax !== undefined) change.automatic_tax = invoiceTax(params.automatic_tax);
  if (params.collection_method !== undefined) change.collection_method = params.collection_method;
  if (params.description !== undefined) change.description = params.description;
  if (params.effective_at !== undefined) change.effective_at = params.effective_at;
  if (params.footer !== undefined) change.footer = params.footer;
  if (params.statement_descriptor !== undefined) change.statement_descriptor = params.statement_descriptor;
  if (params.default_payment_method !== undefined) {
    const customer = idOf(before.customer) ?? "";
    change.default_payment_method = ownedPaymentMethod(
      tx,
      params.default_payment_method,
      customer,
      "default_payment_method",
    );
  }
  if (params.default_tax_rates !== undefined) {
    change.default_tax_rates = taxRates(tx, params.default_tax_rates, "default_tax_rates");
  }
  if (params.number !== undefined) {
    if (params.number !== null) assertNumberIsFree(tx, params.number, before.id);
    change.number = params.number;
  }
  const changed = { ...before, ...change };
  const decidesTaxes = params.automatic_tax !== undefined || params.default_tax_rates !== undefined;
  if (decidesTaxes) refuseMixedInvoice(tx, changed, loadLines(tx, before.id));
  return saveInvoice(tx, { ...changed, ...dueChange(tx, changed, params) });
}

/** What an invoice's `discounts` set; it may also name those of its subscription and its customer. */
function invoiceDiscounts(tx: Transaction, invoice: Stripe.Invoice, sources: readonly DiscountSource[]): string[] {
  const { customer, currency, test_clock } = invoice;
  const owner = customerOf(tx, invoice).discount;
  const inherited = [...(subscriptionOf(tx, invoice)?.discounts ?? []), ...(owner ? [owner] : [])];
  const discounts = invoice.discounts.map((one) => idOf(one) ?? "");
  return replaceDiscounts(
    tx,
    { customer, currency, test_clock, discounts, inherited, invoice: invoice.id },
    sources,
    "discounts",
  );
}

function dueChange(tx: Transaction, invoice: Stripe.Invoice, params: DraftParameters): Partial<Stripe.Invoice> {
  const { due_date: dueDate, days_until_due: daysUntilDue } = params;
  if (invoice.collection_method !== "send_invoice") {
    if (dueDate === undefined && daysUntilDue === undefined) return { due_date: null };
    throw invalidRequest(
      "You can only set `due_date` or `days_until_due` if the collection method is `send_invoice`.",
      {
        param: dueDate === undefined ? "days_until_due" : "due_date",
      },
    );
  }
  if (dueDate !== undefined && daysUntilDue !== undefined) {
    throw invalidRequest("You may only specify one of these parameters: due_date, days_until_due.", {
      param: "due_date",
    });
  }
  if (daysUntilDue !== undefined) return { due_date: invoice.created + daysUntilDue * secondsPerDay };
  if (dueDate === undefined) {
    if (invoice.due_date !== null) return {};
    throw invalidRequest("You must pass `due_date` or `days_until_due` if the collection method is `send_invoice`.", {
      param: "days_until_due",
    });
  }
  if (dueDate < nowOf(tx, invoice)) throw invalidRequest("Due date must be in the future.", { param: "due_date" });
  return { due_date: dueDate };
}

/** How a caller pays an invoice. */
export interface PayParameters {
  off_session?: boolean | undefined;
  paid_out_of_band?: boolean | undefined;
  payment_method?: string | undefined;
}

/** Pays an open or uncollectible invoice now; a refusal is the caller's 402 and stays on record. */
export function payInvoice(tx: Transaction, invoice: Stripe.Invoice, params: PayParameters): Stripe.Invoice {
  if (invoice.status === "paid") {
    throw invalidRequest("Invoice is already paid", { code: "invoice_already_paid" });
  }
  if (invoice.status !== "open" && invoice.status !== "uncollectible") {
    throw invalidRequest(`This invoice can no longer be paid: its status is ${invoice.status}.`, {
      code: "invoice_not_editable",
    });
  }
  if (params.paid_out_of_band === true) return markPaid(tx, invoice, { outOfBand: true });
  const method =
    params.payment_method === undefined
      ? paymentMethodFor(tx, invoice)
      : ownedPaymentMethod(tx, params.payment_method, idOf(invoice.customer) ?? "", "payment_method");
  if (method === null) {
    throw invalidRequest(
      "There is no default payment method for this invoice. Set one on the invoice, the subscription or the customer, or pass `payment_method`.",
      { code: "resource_missing", param: "payment_method" },
    );
  }
  assertPayableBy(tx, invoice, method);
  const outcome = attemptInvoice(tx, invoice, {
    automatic: false,
    offSession: params.off_session ?? true,
    paymentMethod: method,
  });
  if (outcome === "processing") startProcessing(tx, invoice);
  if (outcome === "succeeded" || outcome === "processing") return tx.get("invoice", invoice.id);
  const intent = defaultIntent(tx, invoice.id);
  if (outcome === "requires_action") {
    throw actionRequired(
      "This payment requires additional user action before it can be completed successfully.",
      "invoice_payment_intent_requires_action",
      intent,
    );
  }
  throw refusal(intent, { commit: true });
}

/** Deletes a one-off draft; its items wait again, as they did before. */
export function deleteDraft(tx: Transaction, id: string): Stripe.DeletedInvoice {
  const invoice = tx.get("invoice", id);
  if (invoice.status !== "draft" || invoice.billing_reason !== "manual" || invoice.parent !== null) {
    throw invalidRequest("You can only delete draft invoices that do not belong to a subscription. Void it instead.", {
      code: "invoice_not_editable",
    });
  }
  unscheduleInvoice(tx, id);
  for (const line of loadLines(tx, id)) {
    const item = tx.find("invoiceitem", invoiceItemOf(line) ?? "");
    if (item) tx.put("invoiceitem", { ...item, invoice: null });
    tx.remove("invoice_line", line.id);
  }
  tx.remove("invoice", id);
  tx.emit("invoice.deleted", invoice);
  return { id, object: "invoice", deleted: true };
}

function actionRequired(message: string, code: string, intent: Stripe.PaymentIntent | undefined): Error {
  return new StripeError(
    402,
    { type: "card_error", code, message, ...(intent ? { payment_intent: intent } : {}) },
    { commit: true },
  );
}
