/** What the subscription endpoints accept, shared by create, update, items and preview. */
import { boolean, currency, either, hash, integer, list, metadata, oneOf, string, timestamp } from "../http/params";
import { anchorConfig } from "./anchor";
import { automaticTaxParams } from "./automatic-tax";
import { billingMode } from "./billing-mode";
import { oneTimePriceData, recurringPriceData } from "./inline-prices";
import { invoiceSettings, paymentSettings, trialSettings } from "./kept-settings";
import { pendingInterval } from "./pending-interval";

/** Stripe's parameters of an item that the sandbox does not have. */
const unsupportedOfItem = ["billing_thresholds", "current_trial", "plan"];

/** Whom a discount comes from. */
export const discountSource = hash({ coupon: string(), discount: string(), promotion_code: string() });

/** `discounts`: at most twenty, an empty value takes away what was there. */
export const discountList = list(discountSource, { maximum: 20 });

/** An item of a new subscription. */
export const newItem = hash(
  {
    discounts: discountList,
    price: string(),
    price_data: recurringPriceData,
    quantity: integer({ minimum: 0, maximum: 999_999_999 }),
    tax_rates: list(string(), { maximum: 5 }),
    metadata: metadata(),
  },
  unsupportedOfItem,
);

/** An item of an update: with an id it changes that item, without one it adds an item. */
export const changedItem = hash(
  {
    id: string(),
    discounts: discountList,
    price: string(),
    price_data: recurringPriceData,
    quantity: integer({ minimum: 0, maximum: 999_999_999 }),
    deleted: boolean(),
    /** Accepted and without effect, as at Stripe for prices with a meter, and no others are metered. */
    clear_usage: boolean(),
    tax_rates: list(string(), { maximum: 5 }),
    metadata: metadata(),
  },
  unsupportedOfItem,
);

/** Stripe's words for what a change does about the rest of the period. */
export const prorationBehavior = oneOf("create_prorations", "always_invoice", "none");

/** How a request deals with a payment that does not succeed at once. */
export const paymentBehavior = oneOf(
  "allow_incomplete",
  "default_incomplete",
  "error_if_incomplete",
  "pending_if_incomplete",
);

/** `cancel_at`: a moment, or the end of the items' periods. */
export const cancelAt = either(oneOf("min_period_end", "max_period_end", "max_billed_until"), timestamp());

/** `trial_end`: a moment, or now. */
export const trialEnd = either(oneOf("now"), timestamp());

/** What a caller may say about a cancellation. */
export const cancellationDetails = hash(
  {
    comment: string().clearable(),
    feedback: oneOf(
      "customer_service",
      "low_quality",
      "missing_features",
      "other",
      "switched_service",
      "too_complex",
      "too_expensive",
      "unused",
    ).clearable(),
  },
  ["feedback_option"],
);

/** `period` of an added item: edges of the items' periods, now, or moments. */
const addedPeriod = hash({
  start: hash({
    timestamp: timestamp(),
    type: oneOf("max_item_period_start", "now", "timestamp").required(),
  }).required(),
  end: hash({ timestamp: timestamp(), type: oneOf("min_item_period_end", "timestamp").required() }).required(),
});

/** An extra item on the invoice of the same request. */
export const addedInvoiceItem = hash({
  price: string(),
  price_data: oneTimePriceData,
  quantity: integer({ minimum: 0 }),
  tax_rates: list(string(), { maximum: 5 }),
  discountable: boolean(),
  discounts: discountList,
  metadata: metadata(),
  period: addedPeriod,
});

/** Everything `subscriptions.create` takes. */
export const createSchema = {
  customer: string().required(),
  items: list(newItem, { maximum: 20 }).required(),
  add_invoice_items: list(addedInvoiceItem, { maximum: 20 }),
  automatic_tax: automaticTaxParams,
  billing_cycle_anchor: timestamp(),
  backdate_start_date: timestamp(),
  billing_cycle_anchor_config: anchorConfig,
  billing_mode: billingMode,
  cancel_at: cancelAt,
  cancel_at_period_end: boolean(),
  collection_method: oneOf("charge_automatically", "send_invoice"),
  currency: currency(),
  days_until_due: integer({ minimum: 0, maximum: 730 }),
  default_payment_method: string(),
  default_tax_rates: list(string(), { maximum: 5 }),
  description: string({ maxLength: 500 }),
  discounts: list(discountSource, { maximum: 20 }),
  invoice_settings: invoiceSettings,
  metadata: metadata(),
  off_session: boolean(),
  payment_behavior: oneOf("allow_incomplete", "default_incomplete", "error_if_incomplete"),
  payment_settings: paymentSettings,
  pending_invoice_item_interval: pendingInterval,
  proration_behavior: prorationBehavior,
  trial_end: trialEnd,
  trial_period_days: integer({ minimum: 0, maximum: 730 }),
  trial_settings: trialSettings,
  trial_from_plan: boolean(),
};

/** Parameters of `subscriptions.create` that Stripe has and the sandbox refuses. */
export const unsupportedOnCreate = [
  "application_fee_percent",
  "billing_schedules",
  "billing_thresholds",
  "customer_account",
  "default_source",
  "on_behalf_of",
  "transfer_data",
];

/** Everything `subscriptions.update` takes. */
export const updateSchema = {
  items: list(changedItem, { maximum: 20 }),
  add_invoice_items: list(addedInvoiceItem, { maximum: 20 }),
  automatic_tax: automaticTaxParams,
  billing_cycle_anchor: hash({ type: oneOf("now", "unchanged").required() }),
  cancel_at: cancelAt.clearable(),
  cancel_at_period_end: boolean(),
  cancellation_details: cancellationDetails,
  collection_method: oneOf("charge_automatically", "send_invoice"),
  days_until_due: integer({ minimum: 0, maximum: 730 }),
  default_payment_method: string().clearable(),
  default_tax_rates: list(string(), { maximum: 5 }),
  description: string({ maxLength: 500 }).clearable(),
  discounts: list(discountSource, { maximum: 20 }),
  invoice_settings: invoiceSettings,
  metadata: metadata(),
  off_session: boolean(),
  pause_collection: hash({
    behavior: oneOf("keep_as_draft", "mark_uncollectible", "void").required(),
    resumes_at: timestamp(),
  }).clearable(),
  payment_behavior: paymentBehavior,
  payment_settings: paymentSettings,
  pending_invoice_item_interval: pendingInterval,
  proration_behavior: prorationBehavior,
  proration_date: timestamp(),
  trial_end: trialEnd,
  trial_settings: trialSettings,
  trial_from_plan: boolean(),
};

/** Parameters of `subscriptions.update` that Stripe has and the sandbox refuses. */
export const unsupportedOnUpdate = [
  "application_fee_percent",
  "billing_schedules",
  "billing_thresholds",
  "default_source",
  "on_behalf_of",
  "transfer_data",
];
