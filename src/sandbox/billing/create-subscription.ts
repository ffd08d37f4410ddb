/**
 * Creating a subscription: its items, its first invoice, and the first attempt to be paid.
 *
 * Owns: what `subscriptions.create` does. The invoice comes first: it is opened, finalised and, unless the behaviour says
 * otherwise, collected before the request answers; what it came to decides the subscription's status.
 *
 *   paid, or nothing to pay ──► active / trialing      not paid ──► incomplete, for 23 hours
 */
import type Stripe from "stripe";
import { invalidRequest } from "../http/errors";
import { applyMetadata, type Infer } from "../http/params";
import { idOf } from "../store/indexes";
import type { Transaction } from "../store/transaction";
import { requireLocation } from "../tax/customer-location";
import { type AddedItem, addItemsFor } from "./added-items";
import { firstAnchor, gridOf, shownConfig } from "./anchor";
import { refuseMixedTaxes, subscriptionTax } from "./automatic-tax";
import { firstPeriodStart, startOf } from "./backdate";
import { refuseMixedIntervals, shownMode } from "./billing-mode";
import { blankSubscription } from "./blank-subscription";
import { nextBoundary, type Period, type Recurrence } from "./calendar";
import { endingChange } from "./cancel-terms";
import { attachDiscounts, attachItemDiscounts } from "./discount-sources";
import { openFirstInvoice } from "./first-invoice";
import { refuseForeignInline, withInlinePrices } from "./inline-prices";
import { openSetupIntent } from "./invoice-payments";
import { scheduleFinalisation } from "./issue";
import { issueNow, paymentRefused } from "./issue-now";
import { checkCustomerCurrency, sellsIn } from "./price-currency";
import { clockNameOf, loadItems, nowOf, reviseSubscription, saveSubscription } from "./records";
import { scheduleSubscription } from "./renewal";
import type { createSchema } from "./subscription-params";
import { newSettings } from "./subscription-settings";
import { dueKinds, liveStatus } from "./subscription-status";
import { itemQuantity, ownedPaymentMethod, recurrenceOf, subscribablePrice, subscriptionItem, taxRates } from "./terms";
import { firstTrialEnd, hasPaymentMethod } from "./trial";

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
  given: Omit<CreateParameters, "add_invoice_items"> & { add_invoice_items?: readonly AddedItem[] | undefined },
): { subscription: Stripe.Subscription; draft: Stripe.Invoice | null } {
  const { add_invoice_items: added, ...params } = given;
  const customer = tx.get("customer", params.customer, "customer");
  refuseUnsupported(params);
  const priced = { ...params, items: withInlinePrices(tx, params.items, "items") };
  const opened = openSubscription(tx, customer, priced, nowOf(tx, customer));
  refuseMixedTaxes(opened);
  addItemsFor(tx, opened.id, added);
  const draft = openFirstInvoice(tx, customer, opened, params);
  return { subscription: withInitialStatus(tx, opened, draft, params), draft };
}

function refuseUnsupported(params: CreateParameters): void {
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

/** The prices of the items, which must go together, and the currency they are sold in. */
function chosenPrices(tx: Transaction, customer: Stripe.Customer, params: CreateParameters) {
  const asked = params.currency ?? null;
  const prices = params.items.map((item, index) => subscribablePrice(tx, item.price, `items[${index}][price]`, asked));
  const first = prices[0];
  if (!first) throw new Error("a subscription without items was not refused");
  const currency = asked ?? first.currency;
  checkCurrencies(tx, prices, customer, currency);
  refuseMixedIntervals(params.billing_mode?.type, prices);
  if (new Set(prices.map((price) => price.id)).size < prices.length) {
    throw invalidRequest("Subscription items must have different prices.", { param: "items" });
  }
  return { prices, currency };
}

/** Stores the items of a new subscription, each with its first period. */
function openItems(
  tx: Transaction,
  subscription: string,
  params: CreateParameters,
  prices: readonly Stripe.Price[],
  periodOf: (recurrence: Recurrence) => Period,
): void {
  const customer = tx.get("customer", params.customer);
  for (const [index, item] of params.items.entries()) {
    const price = prices[index];
    if (!price) continue;
    tx.put(
      "subscription_item",
      subscriptionItem({
        id: tx.newId("si"),
        created: nowOf(tx, customer),
        subscription,
        price,
        quantity: itemQuantity(price, item.quantity, `items[${index}]`),
        taxRates: taxRates(tx, item.tax_rates ?? [], `items[${index}][tax_rates]`),
        metadata: applyMetadata({}, item.metadata),
        period: periodOf(recurrenceOf(price)),
      }),
    );
  }
}

function openSubscription(
  tx: Transaction,
  customer: Stripe.Customer,
  params: CreateParameters,
  now: number,
): Stripe.Subscription {
  const id = tx.newId("sub");
  const { prices, currency } = chosenPrices(tx, customer, params);
  const trialEnd = firstTrialEnd(params, prices, now);
  const start = startOf(params, now);
  const anchor = firstAnchor(params, prices.map(recurrenceOf), trialEnd, now);
  const config = shownConfig(params.billing_cycle_anchor_config);
  const grid = gridOf({ billing_cycle_anchor: anchor, billing_cycle_anchor_config: config });
  const isClassic = params.billing_mode?.type === "classic";
  const isStub = trialEnd === null && anchor > now;
  const terms = { start, now, isStub, isClassic };
  openItems(tx, id, params, prices, (recurrence) => ({
    start: firstPeriodStart(grid, recurrence, terms),
    end: trialEnd ?? nextBoundary(grid, recurrence, now),
  }));
  const method = params.default_payment_method;
  const subscription = saveSubscription(tx, {
    ...blankSubscription,
    ...newSettings(tx, params, now),
    billing_mode: shownMode(params.billing_mode),
    id,
    automatic_tax: subscriptionTax(params.automatic_tax),
    billing_cycle_anchor: anchor,
    billing_cycle_anchor_config: config,
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
    start_date: start,
    test_clock: idOf(customer.test_clock),
    trial_end: trialEnd,
    trial_start: trialEnd === null ? null : now,
  });
  const discounted = saveSubscription(tx, {
    ...subscription,
    discounts: attachDiscounts(tx, subscription, params.discounts),
  });
  discountItems(tx, discounted, params);
  const ending = { ...discounted, ...endingChange(tx, discounted, params, now) };
  shortenItems(tx, ending);
  return saveSubscription(tx, ending);
}

function discountItems(tx: Transaction, subscription: Stripe.Subscription, params: CreateParameters): void {
  for (const [index, item] of loadItems(tx, subscription.id).entries()) {
    const sources = params.items[index]?.discounts ?? [];
    const discounts = attachItemDiscounts(tx, subscription, item, sources, `items[${index}][discounts]`);
    tx.put("subscription_item", { ...item, discounts });
  }
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
