/**
 * Previews: the invoice that would come next, made by the verbs that will make it.
 *
 * Owns: rehearsing a change, a cancellation, a new subscription or a renewal, and showing the draft it leads to as an
 * invoice that does not exist (`upcoming_in_…`, lines `il_tmp_…`). Nothing is stored.
 */
import type Stripe from "stripe";
import { invalidRequest, StripeError } from "../http/errors";
import { idOf } from "../store/indexes";
import type { Transaction } from "../store/transaction";
import { invoiceTax } from "./automatic-tax";
import { prepareCancellation } from "./cancel-subscription";
import { prepareSubscription } from "./create-subscription";
import { discountsInForce } from "./discount-terms";
import { openDraft, pendingItems } from "./draft";
import { changeInvoiceItem, createInvoiceItem } from "./invoice-items";
import { billItems, billPeriods, type ItemCharge } from "./issue";
import { preparePause } from "./pause-subscription";
import { audienceOf } from "./preview-customer";
import type { PreviewParameters } from "./preview-params";
import { rehearseSchedule, walkPhases } from "./preview-schedule";
import { nothingUpcoming, shown } from "./preview-shape";
import { changedAnchor, creationTerms, previewMode } from "./preview-terms";
import { customerOf, nowOf, saveSubscription } from "./records";
import { rehearse } from "./rehearsal";
import { isOver, renew } from "./renewal";
import { prepareResumption } from "./resume-subscription";
import { closeSchedule } from "./schedule-state";
import { earliestPeriodEnd, liveStatus } from "./subscription-status";
import { taxRates } from "./terms";
import { changeSubscription } from "./update-subscription";
import { lastUsage } from "./usage-charges";

/** The next invoice of a subscription as it stands; null when none will come. */
export function previewRenewal(tx: Transaction, subscription: Stripe.Subscription): Stripe.Invoice | null {
  try {
    return nextRenewal(rehearse(tx), subscription.id, nowOf(tx, subscription), {});
  } catch (error) {
    if (error instanceof StripeError && error.body.code === "invoice_upcoming_none") return null;
    throw error;
  }
}

/** `invoices.create_preview`. */
export function createPreview(tx: Transaction, params: PreviewParameters): Stripe.Invoice {
  const { stage, customer, isInvented } = audienceOf(tx, params);
  const preview = previewOn(stage, { ...params, customer });
  return isInvented ? { ...preview, customer: null, customer_email: null } : preview;
}

function previewOn(tx: Transaction, params: PreviewParameters): Stripe.Invoice {
  if (params.schedule !== undefined || params.schedule_details !== undefined) return previewSchedule(tx, params);
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

function previewSchedule(tx: Transaction, params: PreviewParameters): Stripe.Invoice {
  const clash = [params.subscription, params.subscription_details].some((value) => value !== undefined);
  if (clash) {
    throw invalidRequest("A schedule cannot be previewed together with a subscription.", { param: "subscription" });
  }
  const stage = rehearse(tx);
  const { customer, schedule, schedule_details: details } = params;
  const rehearsed = rehearseSchedule(stage, { customer, schedule, details }, params);
  if (rehearsed.preview) return rehearsed.preview;
  const subscription = idOf(rehearsed.schedule.subscription);
  if (subscription === null) throw nothingUpcoming();
  const owner = rehearsed.stage.get("subscription", subscription);
  addItems(rehearsed.stage, params, customerOf(rehearsed.stage, owner), owner);
  return nextRenewal(rehearsed.stage, subscription, nowOf(rehearsed.stage, owner), params);
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
      proration_date: details.proration_date,
    });
    if (!draft) throw nothingUpcoming();
    return shown(stage, draft.id, now, params);
  }
  if (details.pause !== undefined) {
    const { draft } = preparePause(stage, id, details.pause);
    if (!draft) throw nothingUpcoming();
    return shown(stage, draft.id, now, params);
  }
  if (details.resume_at !== undefined) {
    const how = { ...details, billing_cycle_anchor: changedAnchor(details) };
    const { subscription: resumed, draft } = prepareResumption(stage, id, how);
    if (draft) return shown(stage, draft.id, now, params);
    // It bills nothing, as in a trial: what is upcoming is what the resumed subscription is billed next.
    saveSubscription(stage, { ...resumed, status: liveStatus(stage, resumed) });
    return nextRenewal(stage, id, now, params);
  }
  const isRecurring = params.preview_mode === "recurring";
  // What is asked for replaces what is scheduled: the question is about these items.
  const schedule = stage.find("subscription_schedule", idOf(subscription.schedule) ?? "");
  if (isRecurring && details.items !== undefined && schedule) closeSchedule(stage, schedule, "released");
  const changes = changeParameters(isRecurring ? { ...details, proration_behavior: "none" } : details);
  // A change is rehearsed with the discounts it would bring: its prorations are at the discounted prices.
  const { discounts } = params;
  const { draft } = changesAnything(details)
    ? changeSubscription(stage, id, isRecurring ? changes : { ...changes, discounts })
    : { draft: null };
  if (draft && !isRecurring) return shown(stage, draft.id, now, { ...params, discounts: onlyNone(discounts) });
  return nextRenewal(stage, id, now, params);
}

function nextRenewal(base: Transaction, id: string, now: number, params: PreviewParameters): Stripe.Invoice {
  const end = Math.max(now, earliestPeriodEnd(base, id));
  const { stage, invoice } = walkPhases(base, id, end);
  if (invoice !== null) return shown(stage, invoice, stage.get("invoice", invoice).created, params);
  const subscription = stage.get("subscription", id);
  if (isOver(subscription) || subscription.status === "incomplete") throw nothingUpcoming();
  const at = Math.max(now, earliestPeriodEnd(stage, id));
  const later = rehearse(stage, at);
  if (subscription.cancel_at !== null && subscription.cancel_at <= at) {
    return previewLast(later, subscription, params);
  }
  const draft = renew(later, subscription, at);
  return shown(later, draft.id, draft.created, params);
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
  const now = nowOf(tx, customer);
  const start = details.start_date ?? now;
  const stage = rehearse(tx, start > now ? start : undefined);
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
    ...creationTerms(details, now),
    payment_behavior: "default_incomplete",
    proration_behavior: details.proration_behavior,
    trial_end: params.preview_mode === "recurring" ? undefined : details.trial_end,
  });
  if (!draft) throw nothingUpcoming();
  return shown(stage, draft.id, nowOf(stage, customer), { ...params, discounts: onlyNone(params.discounts) });
}

/** The subscription has the given discounts already; only "none at all" is still to be said. */
function onlyNone(discounts: PreviewParameters["discounts"]): PreviewParameters["discounts"] {
  return discounts?.length === 0 ? [] : undefined;
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
  return shown(stage, draft.id, now, params);
}

function addItems(
  stage: Transaction,
  params: PreviewParameters,
  customer: Stripe.Customer,
  subscription: Stripe.Subscription | null,
): void {
  for (const [index, { invoiceitem: existing, ...item }] of (params.invoice_items ?? []).entries()) {
    if (existing !== undefined) {
      const { price, currency: _currency, ...terms } = item;
      const pricing = price === undefined ? undefined : { price };
      const before = stage.get("invoiceitem", existing, `invoice_items[${index}][invoiceitem]`);
      if (before.customer === customer.id) changeInvoiceItem(stage, existing, { ...terms, pricing });
      continue;
    }
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
