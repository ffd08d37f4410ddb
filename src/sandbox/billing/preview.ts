/**
 * Previews: the invoice that would come next, made by the verbs that will make it.
 *
 * Owns: rehearsing a change, a cancellation, a new subscription or a renewal, and showing the draft it leads to as an
 * invoice that does not exist (`upcoming_in_…`, lines `il_tmp_…`). Nothing is stored.
 */
import type Stripe from "stripe";
import { invalidRequest, notSupported } from "../http/errors";
import type { Transaction } from "../store/transaction";
import { invoiceTax } from "./automatic-tax";
import { prepareCancellation } from "./cancel-subscription";
import { prepareSubscription } from "./create-subscription";
import { discountsInForce } from "./discount-terms";
import { openDraft, pendingItems, retotal } from "./draft";
import { createInvoiceItem } from "./invoice-items";
import { billItems, billPeriods, draftSeconds, type ItemCharge } from "./issue";
import { preparePause } from "./pause-subscription";
import { audienceOf } from "./preview-customer";
import type { PreviewParameters } from "./preview-params";
import { changedAnchor, creationTerms, previewMode } from "./preview-terms";
import { customerOf, loadLines, nowOf } from "./records";
import { rehearse } from "./rehearsal";
import { isOver, renew } from "./renewal";
import { prepareResumption } from "./resume-subscription";
import { earliestPeriodEnd } from "./subscription-status";
import { taxRates } from "./terms";
import { changeSubscription } from "./update-subscription";
import { lastUsage } from "./usage-charges";

/** The next renewal of a subscription as it stands. */
export function previewRenewal(tx: Transaction, subscription: Stripe.Subscription): Stripe.Invoice {
  const at = earliestPeriodEnd(tx, subscription.id);
  const stage = rehearse(tx, Math.max(at, nowOf(tx, subscription)));
  const draft = renew(stage, subscription, Math.max(at, nowOf(tx, subscription)));
  return shown(stage, draft.id, draft.created);
}

/** `invoices.create_preview`. */
export function createPreview(tx: Transaction, params: PreviewParameters): Stripe.Invoice {
  const { stage, customer, isInvented } = audienceOf(tx, params);
  const preview = previewOn(stage, { ...params, customer });
  return isInvented ? { ...preview, customer: null, customer_email: null } : preview;
}

function previewOn(tx: Transaction, params: PreviewParameters): Stripe.Invoice {
  if (params.preview_mode === "recurring") throw notSupported("preview_mode 'recurring'", "preview_mode");
  if (params.subscription !== undefined) return previewSubscription(tx, params, params.subscription);
  if (params.customer === undefined) {
    throw invalidRequest("You must pass a customer or a subscription.", {
      code: "parameter_missing",
      param: "customer",
    });
  }
  const customer = tx.get("customer", params.customer, "customer");
  if (params.subscription_details?.items !== undefined) return previewCreation(tx, params, customer);
  return previewItems(tx, params, customer);
}

function previewSubscription(tx: Transaction, params: PreviewParameters, id: string): Stripe.Invoice {
  const subscription = tx.get("subscription", id, "subscription");
  if (params.customer !== undefined && params.customer !== subscription.customer) {
    throw invalidRequest(`The subscription ${id} does not belong to the customer ${params.customer}.`, {
      param: "subscription",
    });
  }
  const { billing_mode: mode, ...details } = params.subscription_details ?? {};
  const now = nowOf(tx, subscription);
  const stage = rehearse(tx);
  previewMode(stage, subscription, mode);
  addItems(stage, params, customerOf(tx, subscription), subscription);
  if (details.cancel_now === true) {
    const { draft } = prepareCancellation(stage, id, {
      prorate: details.proration_behavior !== "none",
      invoice_now: true,
    });
    if (!draft) throw nothingUpcoming();
    return shown(stage, draft.id, now);
  }
  if (details.pause !== undefined || details.resume_at !== undefined) {
    const paused = details.pause === undefined ? null : preparePause(stage, id, details.pause);
    const { draft } = paused ?? prepareResumption(stage, id, { ...details, billing_cycle_anchor: changedAnchor(details) });
    if (!draft) throw nothingUpcoming();
    return shown(stage, draft.id, now);
  }
  const { draft } = changesAnything(details)
    ? changeSubscription(stage, id, changeParameters(details))
    : { draft: null };
  if (draft) return shown(stage, draft.id, now);
  return nextRenewal(stage, id, now, params);
}

function nextRenewal(stage: Transaction, id: string, now: number, params: PreviewParameters): Stripe.Invoice {
  const subscription = stage.get("subscription", id);
  const at = Math.max(now, earliestPeriodEnd(stage, id));
  if (isOver(subscription) || subscription.status === "incomplete") throw nothingUpcoming();
  const later = rehearse(stage, at);
  if (subscription.cancel_at !== null && subscription.cancel_at <= at) {
    return previewLast(later, subscription, params);
  }
  const draft = renew(later, subscription, at);
  return shown(later, draft.id, draft.created);
}

/** A subscription that ends with its period has a last invoice only when something is pending for it. */
function previewLast(stage: Transaction, subscription: Stripe.Subscription, params: PreviewParameters): Stripe.Invoice {
  const customer = customerOf(stage, subscription);
  const pending = pendingItems(stage, customer.id, subscription.currency, subscription.id, { onlyOwn: true });
  const usage = lastUsage(stage, subscription);
  if (pending.length === 0 && usage.length === 0) throw nothingUpcoming();
  return itemsOnly(stage, customer, subscription, pending, params, usage);
}

function previewCreation(tx: Transaction, params: PreviewParameters, customer: Stripe.Customer): Stripe.Invoice {
  const details = params.subscription_details ?? {};
  const stage = rehearse(tx);
  addItems(stage, params, customer, null);
  const items = (details.items ?? []).map((item, index) => {
    if (item.price === undefined && item.price_data === undefined) {
      const param = `subscription_details[items][${index}][price]`;
      throw invalidRequest(`Missing required param: ${param}.`, { code: "parameter_missing", param });
    }
    return { ...item, deleted: undefined, id: undefined };
  });
  const { draft } = prepareSubscription(stage, {
    ...noCreateParameters,
    automatic_tax: params.automatic_tax,
    customer: customer.id,
    items,
    collection_method: "charge_automatically",
    default_tax_rates: details.default_tax_rates,
    discounts: params.discounts,
    currency: params.currency,
    ...creationTerms(details, nowOf(tx, customer)),
    payment_behavior: "default_incomplete",
    proration_behavior: details.proration_behavior,
    trial_end: details.trial_end,
  });
  if (!draft) throw nothingUpcoming();
  return shown(stage, draft.id, nowOf(tx, customer));
}

function previewItems(tx: Transaction, params: PreviewParameters, customer: Stripe.Customer): Stripe.Invoice {
  const stage = rehearse(tx);
  addItems(stage, params, customer, null);
  const currency = params.currency ?? params.invoice_items?.[0]?.currency ?? customer.currency ?? "usd";
  const pending = pendingItems(stage, customer.id, currency, null);
  if (pending.length === 0) throw nothingUpcoming();
  return itemsOnly(stage, customer, null, pending, params);
}

function itemsOnly(
  stage: Transaction,
  customer: Stripe.Customer,
  subscription: Stripe.Subscription | null,
  pending: readonly Stripe.InvoiceItem[],
  params: PreviewParameters,
  usage: readonly ItemCharge[] = [],
): Stripe.Invoice {
  const now = nowOf(stage, customer);
  const rates = params.subscription_details?.default_tax_rates;
  const draft = openDraft(stage, {
    customer,
    currency: pending[0]?.currency ?? subscription?.currency ?? "usd",
    subscription,
    billingReason: "upcoming",
    period: { start: now, end: now },
    collectionMethod: subscription?.collection_method ?? "charge_automatically",
    daysUntilDue: subscription?.days_until_due ?? null,
    autoAdvance: true,
    automaticallyFinalizesAt: null,
    defaultTaxRates:
      rates === undefined
        ? (subscription?.default_tax_rates ?? [])
        : taxRates(stage, rates, "subscription_details[default_tax_rates]"),
    discounts: subscription === null || usage.length === 0 ? [] : discountsInForce(stage, subscription, customer, now),
  });
  if (params.automatic_tax !== undefined) {
    stage.put("invoice", { ...draft, automatic_tax: invoiceTax(params.automatic_tax) });
  }
  billItems(stage, draft, pending);
  billPeriods(stage, draft, usage);
  return shown(stage, draft.id, now);
}

function addItems(
  stage: Transaction,
  params: PreviewParameters,
  customer: Stripe.Customer,
  subscription: Stripe.Subscription | null,
): void {
  for (const [index, item] of (params.invoice_items ?? []).entries()) {
    createInvoiceItem(
      stage,
      {
        ...item,
        customer: customer.id,
        currency: item.currency ?? params.currency ?? subscription?.currency,
        subscription: subscription?.id,
        pricing: item.price === undefined ? undefined : { price: item.price },
      },
      `invoice_items[${index}]`,
    );
  }
}

/** The draft as a caller sees it: an invoice that is still to come. */
function shown(stage: Transaction, draftId: string, created: number): Stripe.Invoice {
  const draft = retotal(stage, draftId);
  const id = `upcoming_in_${draftId.slice("in_".length)}`;
  const lines = loadLines(stage, draftId).map((line) => ({
    ...line,
    id: line.id.replace(/^il_/, "il_tmp_"),
    invoice: id,
  }));
  return {
    ...draft,
    id,
    attempt_count: 0,
    attempted: false,
    auto_advance: true,
    automatically_finalizes_at: null,
    billing_reason: "upcoming",
    created,
    ending_balance: null,
    lines: { object: "list", data: lines, has_more: false, url: `/v1/invoices/upcoming/lines` },
    next_payment_attempt: draft.collection_method === "charge_automatically" ? created + draftSeconds : null,
    number: null,
    status: "draft",
    status_transitions: { finalized_at: null, marked_uncollectible_at: null, paid_at: null, voided_at: null },
  };
}

type Details = NonNullable<PreviewParameters["subscription_details"]>;

function changesAnything(details: Details): boolean {
  return Object.entries(details).some(([name, value]) => value !== undefined && name !== "proration_date");
}

function changeParameters(details: Details): Parameters<typeof changeSubscription>[2] {
  return {
    ...noUpdateParameters,
    items: details.items,
    billing_cycle_anchor: changedAnchor(details),
    cancel_at: details.cancel_at,
    cancel_at_period_end: details.cancel_at_period_end,
    default_tax_rates: details.default_tax_rates,
    proration_behavior: details.proration_behavior,
    proration_date: details.proration_date,
    trial_end: details.trial_end,
  };
}

function nothingUpcoming() {
  return invalidRequest("No upcoming invoices for customer", { code: "invoice_upcoming_none" });
}

const noCreateParameters = {
  add_invoice_items: undefined,
  cancel_at: undefined,
  cancel_at_period_end: undefined,
  currency: undefined,
  days_until_due: undefined,
  default_payment_method: undefined,
  description: undefined,
  invoice_settings: undefined,
  metadata: undefined,
  off_session: undefined,
  payment_settings: undefined,
  trial_period_days: undefined,
  trial_settings: undefined,
  trial_from_plan: undefined,
};

const noUpdateParameters = {
  add_invoice_items: undefined,
  cancellation_details: undefined,
  collection_method: undefined,
  days_until_due: undefined,
  default_payment_method: undefined,
  description: undefined,
  discounts: undefined,
  invoice_settings: undefined,
  metadata: undefined,
  off_session: undefined,
  pause_collection: undefined,
  payment_behavior: undefined,
  payment_settings: undefined,
  trial_settings: undefined,
  trial_from_plan: undefined,
};
