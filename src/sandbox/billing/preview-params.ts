/** What `invoices.create_preview` accepts. */
import {
  boolean,
  currency,
  decimal,
  hash,
  type Infer,
  integer,
  list,
  metadata,
  oneOf,
  string,
  timestamp,
} from "../http/params";
import { automaticTaxParams, taxBehavior } from "./automatic-tax";
import { billingMode } from "./billing-mode";
import { oneTimePriceData } from "./inline-prices";
import { pauseSchema } from "./pause-subscription";
import { customerDetails } from "./preview-customer";
import { updateScheduleSchema } from "./schedule-params";
import {
  cancelAt,
  changedItem,
  discountList,
  discountSource,
  prorationBehavior,
  trialEnd,
} from "./subscription-params";

/** An invoice item as a parameter of something else: a preview, or `add_lines`. */
export const period = hash({ start: timestamp().required(), end: timestamp().required() });

const previewItem = hash({
  amount: integer(),
  currency: currency(),
  description: string({ maxLength: 5_000 }),
  discountable: boolean(),
  discounts: discountList,
  invoiceitem: string(),
  metadata: metadata(),
  period,
  price: string(),
  price_data: oneTimePriceData,
  quantity: integer({ minimum: 0 }),
  quantity_decimal: decimal(),
  tax_behavior: taxBehavior,
  tax_code: string().clearable(),
  tax_rates: list(string(), { maximum: 5 }),
  unit_amount: integer(),
  unit_amount_decimal: decimal(),
});

/** Everything `create_preview` takes. */
export const previewSchema = {
  automatic_tax: automaticTaxParams,
  customer_details: customerDetails,
  customer: string(),
  subscription: string(),
  currency: currency(),
  discounts: list(discountSource, { maximum: 20 }),
  invoice_items: list(previewItem, { maximum: 250 }),
  preview_mode: oneOf("next", "recurring"),
  schedule: string(),
  schedule_details: hash(
    {
      billing_mode: billingMode,
      end_behavior: updateScheduleSchema.end_behavior,
      phases: updateScheduleSchema.phases,
      proration_behavior: prorationBehavior,
    },
    ["pause_schedules"],
  ),
  subscription_details: hash(
    {
      billing_cycle_anchor: hash({ type: oneOf("now", "unchanged", "timestamp").required(), timestamp: timestamp() }),
      billing_mode: billingMode,
      cancel_at: cancelAt.clearable(),
      cancel_at_period_end: boolean(),
      cancel_now: boolean(),
      default_tax_rates: list(string(), { maximum: 5 }),
      items: list(changedItem, { maximum: 20 }),
      pause: hash(pauseSchema),
      proration_behavior: prorationBehavior,
      proration_date: timestamp(),
      resume_at: oneOf("now"),
      start_date: timestamp(),
      trial_end: trialEnd,
    },
    ["billing_schedules", "metadata"],
  ),
};

/** Parameters of `create_preview` that Stripe has and the sandbox refuses. */
export const unsupportedOnPreview = ["customer_account", "issuer", "on_behalf_of"];

export type PreviewParameters = Infer<typeof previewSchema>;
