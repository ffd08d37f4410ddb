/**
 * The terms of a phase beside its items: how its invoices are collected, what they say, and what is added to its first one.
 *
 * Owns: their parameters, Stripe's shapes of them, and laying a phase's terms over the schedule's default settings.
 * Refuses: doing anything when a phase begins (enter-phase.ts).
 */
import type Stripe from "stripe";
import { invalidRequest } from "../http/errors";
import {
  applyMetadata,
  boolean,
  hash,
  type Infer,
  integer,
  list,
  metadata,
  oneOf,
  string,
  timestamp,
} from "../http/params";
import { idOf } from "../store/indexes";
import type { Transaction } from "../store/transaction";
import { periodBoundary } from "./calendar";
import { checkDueTerms } from "./create-subscription";
import { oneTimePriceData, withInlinePrices } from "./inline-prices";
import type { ItemTermsParameters } from "./invoice-items";
import { discountList } from "./subscription-params";
import { recurrenceOf, taxRates } from "./terms";

type Schedule = Stripe.SubscriptionSchedule;
type Phase = Stripe.SubscriptionSchedule.Phase;
type Settings = Stripe.SubscriptionSchedule.DefaultSettings.InvoiceSettings;

/** `collection_method` of a phase and of default settings. */
export const collectionMethod = oneOf("charge_automatically", "send_invoice");

/** `invoice_settings` of a phase and of default settings. */
export const invoiceSettingsOfSchedule = hash(
  {
    custom_fields: list(
      hash({ name: string({ maxLength: 40 }).required(), value: string({ maxLength: 140 }).required() }),
      { maximum: 4 },
    ),
    days_until_due: integer({ minimum: 0, maximum: 730 }),
    description: string({ maxLength: 1_500 }).clearable(),
    footer: string().clearable(),
  },
  ["account_tax_ids", "issuer"],
);

/** One of `add_invoice_items`. */
export const phaseInvoiceItem = hash({
  discountable: boolean(),
  discounts: discountList,
  metadata: metadata(),
  period: hash({
    start: hash({
      timestamp: timestamp(),
      type: oneOf("max_item_period_start", "phase_start", "timestamp").required(),
    }).required(),
    end: hash({
      timestamp: timestamp(),
      type: oneOf("min_item_period_end", "phase_end", "timestamp").required(),
    }).required(),
  }),
  price: string(),
  price_data: oneTimePriceData,
  quantity: integer({ minimum: 0 }),
  tax_rates: list(string(), { maximum: 5 }),
});

type SettingsParameters = Infer<{ one: typeof invoiceSettingsOfSchedule }>["one"];
type AddedParameters = Infer<{ one: typeof phaseInvoiceItem }>["one"];

/** The sources of discounts as schedules show them. */
export function shownDiscounts(
  given: ReadonlyArray<{ coupon?: string; discount?: string; promotion_code?: string }> | undefined,
): Phase["discounts"] {
  return (given ?? []).map((one) => ({
    coupon: one.coupon ?? null,
    discount: one.discount ?? null,
    promotion_code: one.promotion_code ?? null,
  }));
}

/** The same sources as parameters again. */
export function discountSources(discounts: Phase["discounts"]) {
  return discounts.map((discount) => ({
    coupon: idOf(discount.coupon) ?? undefined,
    discount: idOf(discount.discount) ?? undefined,
    promotion_code: idOf(discount.promotion_code) ?? undefined,
  }));
}

/** Given invoice settings laid over what was there. */
export function settingsOver(before: Settings, given: SettingsParameters): Settings {
  if (given === undefined) return before;
  const fields = given.custom_fields;
  return {
    ...before,
    ...(fields === undefined ? {} : { custom_fields: fields.length === 0 ? null : fields }),
    ...(given.days_until_due === undefined ? {} : { days_until_due: given.days_until_due }),
    ...(given.description === undefined ? {} : { description: given.description }),
    ...(given.footer === undefined ? {} : { footer: given.footer }),
  };
}

/** A phase's invoice settings in Stripe's shape; null when it has none of its own. */
export function phaseSettings(given: SettingsParameters): Phase["invoice_settings"] {
  if (given === undefined) return null;
  const blank = { account_tax_ids: null, custom_fields: null, days_until_due: null, description: null, footer: null };
  return { ...settingsOver({ ...blank, issuer: { type: "self" } }, given), issuer: null };
}

/** The invoice items a phase adds, in Stripe's shape. */
export function readAddedItems(
  tx: Transaction,
  given: readonly NonNullable<AddedParameters>[] | undefined,
  path: string,
): Phase["add_invoice_items"] {
  return withInlinePrices(tx, given ?? [], path).map((item, index) => {
    const at = `${path}[${index}]`;
    const price = tx.get("price", item.price ?? "", `${at}[price]`);
    if (price.type !== "one_time" || !price.active) {
      throw invalidRequest("An added invoice item needs an active price of `type=one_time`.", {
        param: `${at}[price]`,
      });
    }
    for (const side of ["start", "end"] as const) {
      const edge = item.period?.[side];
      if (edge?.type === "timestamp" && edge.timestamp === undefined) {
        const param = `${at}[period][${side}][timestamp]`;
        throw invalidRequest(`Missing required param: ${param}.`, { code: "parameter_missing", param });
      }
    }
    return {
      discountable: item.discountable ?? null,
      discounts: shownDiscounts(item.discounts),
      metadata: applyMetadata({}, item.metadata),
      period: item.period ?? { start: { type: "max_item_period_start" }, end: { type: "min_item_period_end" } },
      price: price.id,
      quantity: item.quantity ?? null,
      tax_rates: taxRates(tx, item.tax_rates ?? [], `${at}[tax_rates]`),
    };
  });
}

/** What a phase adds to its first invoice, as parameters; `items` are those that go on running, none when all begin anew. */
export function addedItems(
  tx: Transaction,
  phase: Phase,
  items: readonly Stripe.SubscriptionItem[],
): Array<Omit<ItemTermsParameters, "price_data"> & { price: string }> {
  const starts = items.map((item) => item.current_period_start);
  const ends = items.map((item) => item.current_period_end);
  const fresh = phase.items.flatMap((item) => {
    const price = tx.find("price", idOf(item.price) ?? "");
    return price ? [periodBoundary(phase.start_date, recurrenceOf(price), 1)] : [];
  });
  const edges = {
    max_item_period_start: starts.length > 0 ? Math.max(...starts) : phase.start_date,
    min_item_period_end: Math.min(...(ends.length > 0 ? ends : fresh), phase.end_date),
    phase_start: phase.start_date,
    phase_end: phase.end_date,
  };
  const momentOf = ({ type, timestamp: at }: { type: string; timestamp?: number }) =>
    at ?? edges[type as keyof typeof edges] ?? phase.start_date;
  return phase.add_invoice_items.map((item) => ({
    price: idOf(item.price) ?? "",
    discountable: item.discountable ?? undefined,
    discounts: discountSources(item.discounts),
    metadata: { ...item.metadata },
    period: { start: momentOf(item.period.start), end: momentOf(item.period.end) },
    quantity: item.quantity ?? undefined,
    tax_rates: (item.tax_rates ?? []).map((rate) => rate.id),
  }));
}

/** How the subscription of a phase is billed: the phase's own terms, else the schedule's. */
export function billingTerms(schedule: Schedule, phase: Phase) {
  const defaults = schedule.default_settings;
  const method = (phase.collection_method ?? defaults.collection_method) as "charge_automatically" | "send_invoice";
  const own = phase.invoice_settings;
  const shared = defaults.invoice_settings;
  const days = own?.days_until_due ?? shared.days_until_due;
  return {
    collection_method: method,
    ...(method === "send_invoice" ? { days_until_due: days ?? undefined } : {}),
    invoice_settings: {
      custom_fields: own?.custom_fields ?? shared.custom_fields ?? [],
      description: own?.description ?? shared.description,
      footer: own?.footer ?? shared.footer,
    },
  };
}

/** Refuses a phase whose invoices would be sent without a due date. */
export function checkBilling(schedule: Schedule): void {
  for (const phase of schedule.phases) {
    const terms = billingTerms(schedule, phase);
    checkDueTerms(terms.collection_method, terms.days_until_due);
  }
}
