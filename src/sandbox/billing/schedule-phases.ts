/**
 * The phases of a schedule: reading them, and laying them end to end.
 *
 *   start ── phase 1 ──► end = start ── phase 2 ──► end = start ── phase 3 ──► end of the schedule
 *
 * Owns: the dates of phases and Stripe's shape of one. A phase without a length lasts one interval of its shortest price.
 * Refuses: doing anything when one begins (enter-phase.ts).
 */
import type Stripe from "stripe";
import { invalidRequest } from "../http/errors";
import { applyMetadata } from "../http/params";
import { idOf } from "../store/indexes";
import type { Transaction } from "../store/transaction";
import { subscriptionTax } from "./automatic-tax";
import { compareRecurrence, periodBoundary } from "./calendar";
import { withInlinePrices } from "./inline-prices";
import { phaseSettings, readAddedItems, shownDiscounts } from "./phase-terms";
import { sellsIn } from "./price-currency";
import type { PhaseParameters } from "./schedule-params";
import { itemQuantity, ownedPaymentMethod, recurrenceOf, subscribablePrice, taxRates } from "./terms";

type Phase = Stripe.SubscriptionSchedule.Phase;

/** Reads given phases into Stripe's shape, the first one beginning at `start` unless it says otherwise. */
export function readPhases(
  tx: Transaction,
  given: readonly PhaseParameters[],
  context: { customer: string; start: number; now: number },
): Phase[] {
  let start = context.start;
  return given.map((parameters, index) => {
    const path = `phases[${index}]`;
    const stated = resolve(parameters.start_date, context.now);
    if (stated !== undefined && index > 0 && stated !== start) {
      throw invalidRequest("The start_date of a phase must equal the end_date of the phase before it.", {
        param: `${path}[start_date]`,
      });
    }
    const phase = readPhase(tx, parameters, { ...context, start: stated ?? start, path });
    start = phase.end_date;
    return phase;
  });
}

/** The one phase of a schedule that adopts a subscription: what it has now, until its period ends. */
export function adoptedPhase(subscription: Stripe.Subscription): Phase {
  const items = subscription.items.data;
  return {
    ...blankPhase,
    automatic_tax: subscription.automatic_tax,
    currency: subscription.currency,
    default_payment_method: idOf(subscription.default_payment_method),
    default_tax_rates: subscription.default_tax_rates ?? [],
    discounts: subscription.discounts.map((discount) => ({
      coupon: null,
      discount: idOf(discount),
      promotion_code: null,
    })),
    end_date: Math.min(...items.map((item) => item.current_period_end)),
    items: items.map((item) => ({
      ...blankItem,
      discounts: item.discounts.map((one) => ({ coupon: null, discount: idOf(one), promotion_code: null })),
      metadata: item.metadata,
      plan: item.price.id,
      price: item.price.id,
      ...(item.quantity === undefined ? {} : { quantity: item.quantity }),
      tax_rates: item.tax_rates ?? [],
    })),
    metadata: {},
    start_date: Math.min(...items.map((item) => item.current_period_start)),
    trial_end: subscription.trial_end,
  };
}

/** The phase that runs at a moment. */
export function phaseAt(phases: readonly Phase[], at: number): Phase | undefined {
  return phases.find((phase) => phase.start_date <= at && at < phase.end_date);
}

function resolve(moment: number | "now" | undefined, now: number): number | undefined {
  return moment === "now" ? now : moment;
}

function readPhase(
  tx: Transaction,
  given: PhaseParameters,
  context: { customer: string; start: number; now: number; path: string },
): Phase {
  const { path, start, now } = context;
  if (given.items.length === 0) {
    throw invalidRequest(`Missing required param: ${path}[items].`, {
      code: "parameter_missing",
      param: `${path}[items]`,
    });
  }
  const priced = withInlinePrices(tx, given.items, `${path}[items]`);
  const prices = priced.map((item, index) =>
    subscribablePrice(tx, item.price, `${path}[items][${index}][price]`, given.currency ?? null),
  );
  const currency = given.currency ?? prices[0]?.currency ?? "usd";
  if (prices.some((price) => !sellsIn(price, currency))) {
    throw invalidRequest("All prices of a phase must have the same currency.", { param: `${path}[items]` });
  }
  if (new Set(prices.map((price) => price.id)).size < prices.length) {
    throw invalidRequest("The items of a phase must have different prices.", { param: `${path}[items]` });
  }
  const end = endOf(given, prices, context);
  if (end <= start) {
    throw invalidRequest("A phase must end after it starts.", { param: `${path}[end_date]` });
  }
  const method = given.default_payment_method;
  return {
    ...blankPhase,
    add_invoice_items: readAddedItems(tx, given.add_invoice_items, `${path}[add_invoice_items]`),
    ...(given.automatic_tax === undefined ? {} : { automatic_tax: subscriptionTax(given.automatic_tax) }),
    billing_cycle_anchor: given.billing_cycle_anchor ?? null,
    collection_method: given.collection_method ?? null,
    currency,
    default_payment_method:
      method === undefined ? null : ownedPaymentMethod(tx, method, context.customer, `${path}[default_payment_method]`),
    default_tax_rates: taxRates(tx, given.default_tax_rates ?? [], `${path}[default_tax_rates]`),
    description: given.description ?? null,
    discounts: shownDiscounts(given.discounts),
    end_date: end,
    invoice_settings: phaseSettings(given.invoice_settings),
    items: priced.map((item, index) => ({
      ...blankItem,
      discounts: shownDiscounts(item.discounts),
      metadata: applyMetadata({}, item.metadata),
      plan: item.price ?? "",
      price: item.price ?? "",
      ...quantityOf(prices[index], item.quantity, `${path}[items][${index}]`),
      tax_rates: taxRates(tx, item.tax_rates ?? [], `${path}[items][${index}][tax_rates]`),
    })),
    metadata: applyMetadata({}, given.metadata),
    proration_behavior: given.proration_behavior ?? "create_prorations",
    start_date: start,
    trial_end: trialEndOf(given, { start, end, now, path }),
  };
}

function quantityOf(price: Stripe.Price | undefined, given: number | undefined, path: string): { quantity?: number } {
  const quantity = price === undefined ? given : itemQuantity(price, given, path);
  return quantity === undefined ? {} : { quantity };
}

function endOf(
  given: PhaseParameters,
  prices: readonly Stripe.Price[],
  context: { start: number; now: number; path: string },
): number {
  const end = resolve(given.end_date, context.now);
  if (end !== undefined && given.duration !== undefined) {
    throw invalidRequest("You may only specify one of these parameters: end_date, duration.", {
      param: `${context.path}[duration]`,
    });
  }
  if (end !== undefined) return end;
  if (given.duration !== undefined) {
    const { interval, interval_count: count } = given.duration;
    return periodBoundary(context.start, { interval, interval_count: count ?? 1 }, 1);
  }
  const shortest = prices.map(recurrenceOf).sort(compareRecurrence)[0];
  if (!shortest) throw new Error("a phase without prices was not refused");
  return periodBoundary(context.start, shortest, 1);
}

function trialEndOf(
  given: PhaseParameters,
  phase: { start: number; end: number; now: number; path: string },
): number | null {
  const end = resolve(given.trial_end, phase.now) ?? (given.trial === true ? phase.end : null);
  if (end === null) return null;
  if (end < phase.start || end > phase.end || (given.trial === true && end !== phase.end)) {
    throw invalidRequest("The trial of a phase must end within the phase.", { param: `${phase.path}[trial_end]` });
  }
  return end;
}

const blankItem = { billing_thresholds: null, discounts: [] };

const blankPhase = {
  add_invoice_items: [] as Phase["add_invoice_items"],
  application_fee_percent: null,
  billing_cycle_anchor: null,
  billing_thresholds: null,
  collection_method: null,
  description: null,
  invoice_settings: null,
  on_behalf_of: null,
  proration_behavior: "create_prorations",
  transfer_data: null,
} satisfies Partial<Phase>;
