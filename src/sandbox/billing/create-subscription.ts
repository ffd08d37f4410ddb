/**
 * Creating a subscription: its items, its first invoice, and the first attempt to be paid.
 *
 * Owns: what `subscriptions.create` does. The invoice comes first: it is opened, finalised and, unless the behaviour says
 * otherwise, collected before the request answers; what it came to decides the subscription's status.
 *
 *   paid, or nothing to pay ──► active / trialing      not paid ──► incomplete, for 23 hours
 */
import type Stripe from "stripe";
import { invalidRequest, notSupported } from "../http/errors";
import { applyMetadata, type Infer } from "../http/params";
import { idOf } from "../store/indexes";
import type { Transaction } from "../store/transaction";
import { requireLocation } from "../tax/customer-location";
import { refuseMixedTaxes, subscriptionTax } from "./automatic-tax";
import { compareRecurrence, nextBoundary, type Period, periodAt } from "./calendar";
import { cancellationChange } from "./cancel-terms";
import { fixedAmount, isMetered, tierLines } from "./charge-parts";
import { attachDiscounts, attachItemDiscounts } from "./discount-sources";
import { discountsInForce } from "./discount-terms";
import { openDraft, pendingItems } from "./draft";
import { refuseForeignInline, withInlinePrices } from "./inline-prices";
import { addItemsFor } from "./invoice-items";
import { openSetupIntent } from "./invoice-payments";
import { billItems, billPeriods, type ItemCharge, scheduleFinalisation } from "./issue";
import { issueNow, paymentRefused } from "./issue-now";
import { itemDescription, trialDescription } from "./lines";
import { checkCustomerCurrency, itemIn, sellsIn } from "./price-currency";
import { remainingShare } from "./proration";
import { clockNameOf, loadItems, nowOf, reviseSubscription, saveSubscription } from "./records";
import { scheduleSubscription } from "./renewal";
import type { createSchema } from "./subscription-params";
import { dueKinds, liveStatus } from "./subscription-status";
import { itemQuantity, ownedPaymentMethod, recurrenceOf, subscribablePrice, subscriptionItem, taxRates } from "./terms";
import { hasPaymentMethod, trialEndOf } from "./trial";

/** How long an unpaid first invoice may wait. */
const incompleteSeconds = 23 * 3_600;

export type CreateParameters = Infer<typeof createSchema>;

/** Creates a subscription and answers it as it stands after the first attempt to collect. */
export function createSubscription(tx: Transaction, params: CreateParameters): Stripe.Subscription {
  const customer = tx.get("customer", params.customer, "customer");
  if (params.automatic_tax?.enabled === true) requireLocation(tx, customer, "automatic_tax");
  refuseForeignInline(tx, params.items, []);
  const { subscription: initial, draft } = prepareSubscription(tx, params);
  scheduleSubscription(tx, initial);
  tx.emit("customer.subscription.created", initial);
  if (draft) collectFirst(tx, initial, draft, params);
  const current = tx.get("subscription", initial.id);
  if (current.status === "incomplete") {
    tx.schedule({
      clock: clockNameOf(current),
      at: current.created + incompleteSeconds,
      kind: dueKinds.expireIncomplete,
      subject: current.id,
    });
  }
  if (!needsSetup(tx, current)) return current;
  return saveSubscription(tx, { ...current, pending_setup_intent: openSetupIntent(tx, current) });
}

/** Everything up to the draft of the first invoice; also what a preview of a new subscription shows. */
export function prepareSubscription(
  tx: Transaction,
  params: CreateParameters,
): { subscription: Stripe.Subscription; draft: Stripe.Invoice | null } {
  const customer = tx.get("customer", params.customer, "customer");
  refuseUnsupported(params);
  const priced = { ...params, items: withInlinePrices(tx, params.items, "items") };
  const opened = openSubscription(tx, customer, priced, nowOf(tx, customer));
  refuseMixedTaxes(opened);
  addItemsFor(tx, opened.id, params.add_invoice_items);
  const draft = openFirstInvoice(tx, customer, opened, params);
  return { subscription: withInitialStatus(tx, opened, draft, params), draft };
}

function refuseUnsupported(params: CreateParameters): void {
  if (params.billing_mode?.type === "classic") throw notSupported("Classic billing mode", "billing_mode[type]");
  if (params.trial_from_plan === true) throw notSupported("A trial taken from the plan", "trial_from_plan");
  if (params.items.length === 0) {
    throw invalidRequest("Missing required param: items.", { code: "parameter_missing", param: "items" });
  }
  if (params.cancel_at !== undefined && params.cancel_at_period_end === true) {
    throw invalidRequest("You may only specify one of these parameters: cancel_at, cancel_at_period_end.", {
      param: "cancel_at",
    });
  }
  checkDueTerms(params.collection_method ?? "charge_automatically", params.days_until_due);
}

/** Days until due belong to invoices that are sent, and to no others. */
export function checkDueTerms(method: string, daysUntilDue: number | null | undefined): void {
  if (method === "send_invoice" && (daysUntilDue === undefined || daysUntilDue === null)) {
    throw invalidRequest("You must specify `days_until_due` when the collection method is `send_invoice`.", {
      param: "days_until_due",
    });
  }
  if (method !== "send_invoice" && typeof daysUntilDue === "number") {
    throw invalidRequest("You can only specify `days_until_due` if the collection method is `send_invoice`.", {
      param: "days_until_due",
    });
  }
}

function openSubscription(
  tx: Transaction,
  customer: Stripe.Customer,
  params: CreateParameters,
  now: number,
): Stripe.Subscription {
  const id = tx.newId("sub");
  const trialEnd = trialEndOf(params, now);
  const asked = params.currency?.toLowerCase() ?? null;
  const prices = params.items.map((item, index) => subscribablePrice(tx, item.price, `items[${index}][price]`, asked));
  const first = prices[0];
  if (!first) throw new Error("a subscription without items was not refused");
  const currency = asked ?? first.currency;
  checkCurrencies(tx, prices, customer, currency);
  if (new Set(prices.map((price) => price.id)).size < prices.length) {
    throw invalidRequest("Subscription items must have different prices.", { param: "items" });
  }
  const anchor = anchorOf(params, prices, trialEnd, now);
  for (const [index, item] of params.items.entries()) {
    const price = prices[index] ?? first;
    tx.put(
      "subscription_item",
      subscriptionItem({
        id: tx.newId("si"),
        created: now,
        subscription: id,
        price,
        quantity: itemQuantity(price, item.quantity, `items[${index}]`),
        taxRates: taxRates(tx, item.tax_rates ?? [], `items[${index}][tax_rates]`),
        metadata: applyMetadata({}, item.metadata),
        period: { start: now, end: trialEnd ?? nextBoundary(anchor, recurrenceOf(price), now) },
      }),
    );
  }
  const method = params.default_payment_method;
  const subscription = saveSubscription(tx, {
    ...blankSubscription,
    ...settingsOf(params),
    id,
    automatic_tax: subscriptionTax(params.automatic_tax),
    billing_cycle_anchor: anchor,
    collection_method: params.collection_method ?? "charge_automatically",
    created: now,
    currency,
    customer: customer.id,
    days_until_due: params.days_until_due ?? null,
    default_payment_method:
      method === undefined ? null : ownedPaymentMethod(tx, method, customer.id, "default_payment_method"),
    default_tax_rates: taxRates(tx, params.default_tax_rates ?? [], "default_tax_rates"),
    description: params.description ?? null,
    items: { object: "list", data: [], has_more: false, url: "" },
    metadata: applyMetadata({}, params.metadata),
    start_date: now,
    test_clock: idOf(customer.test_clock),
    trial_end: trialEnd,
    trial_start: trialEnd === null ? null : now,
  });
  const discounted = saveSubscription(tx, {
    ...subscription,
    discounts: attachDiscounts(tx, subscription, params.discounts),
  });
  for (const [index, item] of loadItems(tx, id).entries()) {
    const sources = params.items[index]?.discounts ?? [];
    const discounts = attachItemDiscounts(tx, discounted, item, sources, `items[${index}][discounts]`);
    tx.put("subscription_item", { ...item, discounts });
  }
  const ending = { ...discounted, ...cancellationChange(tx, discounted, params, now) };
  shortenItems(tx, ending);
  return saveSubscription(tx, ending);
}

/** An end inside the first period shortens it. */
function shortenItems(tx: Transaction, subscription: Stripe.Subscription): void {
  const end = subscription.cancel_at;
  if (end === null) return;
  for (const item of loadItems(tx, subscription.id)) {
    if (item.current_period_end > end) tx.put("subscription_item", { ...item, current_period_end: end });
  }
}

function checkCurrencies(
  tx: Transaction,
  prices: readonly Stripe.Price[],
  customer: Stripe.Customer,
  currency: string,
): void {
  if (prices.some((price) => !sellsIn(price, currency))) {
    throw invalidRequest("All prices on a subscription must have the same currency.", { param: "items" });
  }
  checkCustomerCurrency(tx, customer, currency);
}

function anchorOf(
  params: CreateParameters,
  prices: readonly Stripe.Price[],
  trialEnd: number | null,
  now: number,
): number {
  const anchor = params.billing_cycle_anchor;
  if (anchor === undefined) return trialEnd ?? now;
  if (anchor < now)
    throw invalidRequest("billing_cycle_anchor cannot be in the past.", { param: "billing_cycle_anchor" });
  if (trialEnd !== null && anchor < trialEnd) {
    throw invalidRequest("billing_cycle_anchor cannot be before the trial ends.", { param: "billing_cycle_anchor" });
  }
  const shortest = prices.map(recurrenceOf).sort(compareRecurrence)[0];
  if (shortest && anchor > nextBoundary(trialEnd ?? now, shortest, trialEnd ?? now)) {
    throw invalidRequest("billing_cycle_anchor cannot be later than next natural billing date for the plan.", {
      param: "billing_cycle_anchor",
    });
  }
  return anchor;
}

/** The first invoice; none when a future anchor without prorations leaves nothing to bill before it. */
function openFirstInvoice(
  tx: Transaction,
  customer: Stripe.Customer,
  subscription: Stripe.Subscription,
  params: CreateParameters,
): Stripe.Invoice | null {
  const now = subscription.created;
  const isStub = subscription.trial_end === null && subscription.billing_cycle_anchor > now;
  if (isStub && params.proration_behavior === "none") return null;
  const charged = subscription.items.data.filter((item) => hasFirstLine(subscription, item));
  const extra = pendingItems(tx, customer.id, subscription.currency, subscription.id, { onlyOwn: true });
  if (charged.length === 0 && extra.length === 0) return null;
  const draft = openDraft(tx, {
    customer,
    currency: subscription.currency,
    subscription,
    billingReason: "subscription_create",
    period: { start: now, end: now },
    collectionMethod: subscription.collection_method,
    daysUntilDue: subscription.days_until_due,
    autoAdvance: false,
    automaticallyFinalizesAt: null,
    defaultTaxRates: subscription.default_tax_rates ?? [],
    discounts: discountsInForce(tx, subscription, customer, now),
  });
  billItems(tx, draft, pendingItems(tx, customer.id, subscription.currency, subscription.id));
  return billPeriods(
    tx,
    draft,
    charged.map((item) => firstCharge(tx, subscription, item)),
  );
}

/** Usage is billed in arrears; only the classic mode announces it with a line of zero. */
function hasFirstLine(subscription: Stripe.Subscription, item: Stripe.SubscriptionItem): boolean {
  return !isMetered(item.price) || subscription.billing_mode.type === "classic";
}

function firstCharge(tx: Transaction, subscription: Stripe.Subscription, item: Stripe.SubscriptionItem): ItemCharge {
  const natural = periodAt(subscription.billing_cycle_anchor, recurrenceOf(item.price), subscription.created);
  const period: Period = { start: item.current_period_start, end: item.current_period_end };
  if (subscription.trial_end !== null) {
    return { item, period, amountMinor: 0, description: trialDescription(tx, item) };
  }
  const priced = itemIn(item, subscription.currency);
  const full = fixedAmount(priced);
  const amountMinor = remainingShare(full, natural, period.start) - remainingShare(full, natural, period.end);
  return {
    item,
    period,
    amountMinor,
    description: itemDescription(tx, priced),
    ...tierLines(tx, priced, amountMinor),
  };
}

/** The status the subscription is announced with, before anything was collected. */
function withInitialStatus(
  tx: Transaction,
  subscription: Stripe.Subscription,
  invoice: Stripe.Invoice | null,
  params: CreateParameters,
): Stripe.Subscription {
  const isDue = invoice !== null && invoice.amount_due > 0;
  const waits = isDue && subscription.collection_method === "charge_automatically";
  if (waits && params.payment_behavior !== "default_incomplete" && !hasPaymentMethod(tx, subscription)) {
    throw invalidRequest(
      "This customer has no attached payment source or default payment method. Please consider adding a default payment method.",
      { code: "resource_missing" },
    );
  }
  return saveSubscription(tx, {
    ...subscription,
    latest_invoice: invoice?.id ?? null,
    status: waits ? "incomplete" : liveStatus(tx, subscription),
  });
}

function collectFirst(
  tx: Transaction,
  subscription: Stripe.Subscription,
  draft: Stripe.Invoice,
  params: CreateParameters,
): void {
  const behavior = params.payment_behavior ?? "allow_incomplete";
  const attempt = behavior === "default_incomplete" ? "none" : params.off_session === true ? "offSession" : "onSession";
  // An invoice that is sent can still be worked on for an hour, as a renewal's can.
  if (draft.collection_method === "send_invoice" && draft.amount_due > 0) {
    tx.emit("invoice.created", scheduleFinalisation(tx, draft.id));
    return;
  }
  const { invoice, outcome } = issueNow(tx, draft.id, { attempt });
  if (outcome === "processing") reviseSubscription(tx, tx.get("subscription", subscription.id), { status: "active" });
  const refused = outcome === "failed" || outcome === "requires_action" || outcome === "missing";
  if (refused && behavior === "error_if_incomplete") throw paymentRefused(tx, invoice);
}

/** Without anything to pay now, a later payment still needs a method: Stripe opens a SetupIntent for it. */
function needsSetup(tx: Transaction, subscription: Stripe.Subscription): boolean {
  if (subscription.status === "incomplete" || subscription.collection_method !== "charge_automatically") return false;
  const first = idOf(subscription.latest_invoice);
  const isFree = first === null || tx.get("invoice", first).amount_due === 0;
  return isFree && !hasPaymentMethod(tx, subscription);
}

function settingsOf(params: CreateParameters): Partial<Stripe.Subscription> {
  return {
    billing_mode: {
      type: "flexible",
      flexible: { proration_discounts: params.billing_mode?.flexible?.proration_discounts ?? "included" },
    },
    invoice_settings: {
      ...blankSubscription.invoice_settings,
      description: params.invoice_settings?.description ?? null,
      footer: params.invoice_settings?.footer ?? null,
    },
    payment_settings: {
      payment_method_options: null,
      payment_method_types: null,
      save_default_payment_method: params.payment_settings?.save_default_payment_method ?? "off",
    },
    trial_settings: {
      end_behavior: {
        ...noAnchorOnTrialEnd,
        missing_payment_method: params.trial_settings?.end_behavior.missing_payment_method ?? "create_invoice",
      },
    },
  };
}

const noAnchorOnTrialEnd = { billing_cycle_anchor: null };

const blankSubscription = {
  object: "subscription",
  application: null,
  application_fee_percent: null,
  automatic_tax: { disabled_reason: null, enabled: false, liability: null },
  billing_cycle_anchor_config: null,
  billing_mode: { type: "flexible", flexible: { proration_discounts: "included" } },
  billing_schedules: [],
  billing_thresholds: null,
  cancel_at: null,
  cancel_at_period_end: false,
  canceled_at: null,
  cancellation_details: { comment: null, feedback: null, feedback_option: null, reason: null },
  customer_account: null,
  default_source: null,
  discounts: [],
  ended_at: null,
  invoice_settings: {
    account_tax_ids: null,
    custom_fields: null,
    description: null as string | null,
    footer: null as string | null,
    issuer: { type: "self" },
  },
  latest_invoice: null,
  livemode: false,
  managed_payments: null,
  next_pending_invoice_item_invoice: null,
  on_behalf_of: null,
  pause_collection: null,
  payment_settings: null,
  pending_invoice_item_interval: null,
  pending_setup_intent: null,
  pending_update: null,
  schedule: null,
  status: "incomplete",
  transfer_data: null,
  trial_settings: null,
} satisfies Partial<Stripe.Subscription>;
