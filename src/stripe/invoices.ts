/**
 * Invoices at Stripe: items on drafts, our numbers, invoices of our own, collection, previews.
 *
 * Amounts of items are ours, rounded once; Stripe adds tax and owns the document. Every invoice leaves here with all its
 * lines, however many pages they fill.
 */
import type Stripe from "stripe";
import { BillingError } from "@/billing/kernel/errors";
import type { ClientSource } from "./client";
import { callStripe, findAtStripe, translateError } from "./errors";
import type { CallKey, Confirmation, InvoiceItemRequest, InvoiceRecord, StripeGateway } from "./gateway";
import { callKey } from "./idempotency";
import { invoiceRecord, isPreview, type KnownRates, rateIds } from "./translate/invoice";
import { numberParams } from "./translate/invoice-number";
import { optionalId, unixSeconds, unknownValue, wireAmount } from "./translate/values";

type InvoiceCalls = Pick<
  StripeGateway,
  | "addInvoiceItem"
  | "numberDraft"
  | "createInvoice"
  | "payInvoice"
  | "fetchInvoice"
  | "fetchInvoiceConfirmation"
  | "markUncollectible"
  | "listInvoices"
>;

/** In lists the coupon would be one level too deep for Stripe. */
const EXPAND = ["payments", "total_discount_amounts.discount.source.coupon"];

/** The gateway's calls about invoices. */
export function invoiceCalls(client: ClientSource): InvoiceCalls {
  return {
    addInvoiceItem: (item, key) =>
      callStripe(async () => {
        const created = await client().invoiceItems.create(itemParams(item), { idempotencyKey: key });
        return { stripeInvoiceItemId: created.id };
      }),
    numberDraft: (id, number, key) =>
      callStripe(async () => {
        const params = { ...numberParams(number), expand: EXPAND };
        return completeInvoice(client(), await client().invoices.update(id, params, { idempotencyKey: key }));
      }),
    createInvoice: (request, key) => callStripe(() => createInvoice(client(), request, key)),
    payInvoice: (id, { stripePaymentMethodId, onSession }, key) =>
      callStripe(async () => {
        const method = stripePaymentMethodId === null ? {} : { payment_method: stripePaymentMethodId };
        const params = { ...method, off_session: onSession !== true, expand: EXPAND };
        return completeInvoice(client(), await client().invoices.pay(id, params, { idempotencyKey: key }));
      }),
    fetchInvoice: async (id) => {
      const found = await findAtStripe(() => client().invoices.retrieve(id, { expand: EXPAND }));
      return found === null ? null : callStripe(() => completeInvoice(client(), found));
    },
    fetchInvoiceConfirmation: async (id) => {
      const expand = ["confirmation_secret", "payments"];
      const found = await findAtStripe(() => client().invoices.retrieve(id, { expand }));
      if (found?.status === "uncollectible") return callStripe(() => paymentConfirmation(client(), found));
      const clientSecret = found?.status === "open" ? found.confirmation_secret?.client_secret : null;
      return clientSecret ? { clientSecret, intent: "payment" } : null;
    },
    markUncollectible: (id, key) =>
      callStripe(async () => {
        const current = await client().invoices.retrieve(id, { expand: EXPAND });
        if (current.status !== "open") return completeInvoice(client(), current);
        const marked = await client().invoices.markUncollectible(id, { expand: EXPAND }, { idempotencyKey: key });
        return completeInvoice(client(), marked);
      }),
    listInvoices: (stripeCustomerId) => callStripe(() => listInvoices(client(), stripeCustomerId)),
  };
}

/** An invoice that was given up shows no secret of its own, but its payment still waits for its bank's answer. */
async function paymentConfirmation(stripe: Stripe, invoice: Stripe.Invoice): Promise<Confirmation | null> {
  const waiting = (invoice.payments?.data ?? []).find(({ is_default, status }) => is_default && status === "open");
  const id = optionalId(waiting?.payment.payment_intent);
  const intent = id === null ? null : await stripe.paymentIntents.retrieve(id);
  if (intent?.status !== "requires_action" || intent.client_secret === null) return null;
  return { clientSecret: intent.client_secret, intent: "payment" };
}

/** The record of an invoice after fetching the lines that did not fit into the object itself. */
export async function completeInvoice(stripe: Stripe, invoice: Stripe.Invoice): Promise<InvoiceRecord> {
  const rates = await ratesOf(stripe, invoice);
  if (!invoice.lines.has_more) return invoiceRecord(invoice, rates);
  // A preview is stored nowhere, so its other lines cannot be asked for.
  if (isPreview(invoice)) throw unknownValue("a preview's number of lines", String(invoice.lines.data.length));
  const lines: Stripe.InvoiceLineItem[] = [];
  for await (const line of stripe.invoices.listLineItems(invoice.id, { limit: 100 })) lines.push(line);
  return invoiceRecord(invoice, rates, lines);
}

const RATES_KEPT = 500;
const keptRates = new WeakMap<Stripe, Map<string, Stripe.TaxRate>>();

/** The rates an invoice names. A rate's percentage never changes, so each is asked for once in the life of a client. */
async function ratesOf(stripe: Stripe, invoice: Stripe.Invoice): Promise<KnownRates> {
  const kept = keptRates.get(stripe) ?? new Map<string, Stripe.TaxRate>();
  keptRates.set(stripe, kept);
  for (const id of rateIds(invoice)) {
    if (kept.has(id)) continue;
    if (kept.size >= RATES_KEPT) kept.clear();
    kept.set(id, await stripe.taxRates.retrieve(id));
  }
  return kept;
}

async function listInvoices(stripe: Stripe, stripeCustomerId: string): Promise<InvoiceRecord[]> {
  const records: InvoiceRecord[] = [];
  const pages = stripe.invoices.list({
    customer: stripeCustomerId,
    limit: 100,
    expand: ["data.payments"],
  });
  for await (const invoice of pages) records.push(await completeInvoice(stripe, invoice));
  return records;
}

function itemBase(item: InvoiceItemRequest) {
  return {
    amount: wireAmount(item.amountMinor),
    currency: item.currency,
    description: item.description,
    period: { start: unixSeconds(item.periodStartAt), end: unixSeconds(item.periodEndAt) },
    metadata: item.metadata,
    discountable: item.discountable,
    ...(item.stripeTaxRateId !== null && { tax_rates: [item.stripeTaxRateId] }),
  };
}

function itemParams(item: InvoiceItemRequest): Stripe.InvoiceItemCreateParams {
  return {
    customer: item.stripeCustomerId,
    ...itemBase(item),
    // A draft knows its subscription; a pending item has to be told which subscription's next invoice it waits for.
    ...(item.stripeInvoiceId !== null && { invoice: item.stripeInvoiceId }),
    ...(item.stripeInvoiceId === null &&
      item.stripeSubscriptionId !== null && { subscription: item.stripeSubscriptionId }),
  };
}

/** An item of a preview. */
export function previewItem(item: InvoiceItemRequest): Stripe.InvoiceCreatePreviewParams.InvoiceItem {
  return itemBase(item);
}

/**
 * Draft, items, finalise, collect: four kinds of calls under one key each, so a retry goes on where a crash stopped. The
 * draft does not advance by itself until it is finalised, or Stripe might issue it with half of its items.
 */
async function createInvoice(
  stripe: Stripe,
  request: Parameters<StripeGateway["createInvoice"]>[0],
  key: CallKey,
): Promise<InvoiceRecord> {
  const draft = await stripe.invoices.create(
    {
      customer: request.stripeCustomerId,
      ...(request.stripeSubscriptionId !== null && { subscription: request.stripeSubscriptionId }),
      ...numberParams(request.number),
      auto_advance: false,
      collection_method: "charge_automatically",
      pending_invoice_items_behavior: "exclude",
      ...(request.automaticTax && { automatic_tax: { enabled: true } }),
      ...(!request.automaticTax && request.stripeTaxRateId && { default_tax_rates: [request.stripeTaxRateId] }),
    },
    { idempotencyKey: callKey(key, "draft") },
  );
  for (const [index, item] of request.items.entries()) {
    const params = itemParams({ ...item, stripeInvoiceId: draft.id });
    await stripe.invoiceItems.create(params, { idempotencyKey: callKey(key, "item", index) });
  }
  const issued = await finalise(stripe, draft.id, key);
  return issued.status === "open" ? collect(stripe, issued.id, key) : completeInvoice(stripe, issued);
}

/**
 * Issues a draft. One whose taxes cannot be calculated, because nobody knows where the customer is, stays a draft with all
 * its items and from then on advances by itself: Stripe issues it once the customer has an address.
 */
async function finalise(stripe: Stripe, id: string, key: CallKey): Promise<Stripe.Invoice> {
  const params = { auto_advance: true, expand: EXPAND };
  try {
    return await stripe.invoices.finalizeInvoice(id, params, { idempotencyKey: callKey(key, "finalize") });
  } catch (error) {
    if (codeOf(error) !== "tax.location_required") throw error;
    return stripe.invoices.update(id, params, { idempotencyKey: callKey(key, "wait") });
  }
}

function codeOf(error: unknown): string | null {
  const translated = translateError(error);
  return translated instanceof BillingError ? translated.code : null;
}

/** An issued invoice is a fact even when nobody could be charged: it stays open and Stripe tries again by its schedule. */
async function collect(stripe: Stripe, id: string, key: CallKey): Promise<InvoiceRecord> {
  try {
    const params = { expand: EXPAND };
    return await completeInvoice(
      stripe,
      await stripe.invoices.pay(id, params, { idempotencyKey: callKey(key, "pay") }),
    );
  } catch (error) {
    const translated = translateError(error);
    if (!(translated instanceof BillingError) || translated.retryable) throw translated;
    return completeInvoice(stripe, await stripe.invoices.retrieve(id, { expand: EXPAND }));
  }
}
