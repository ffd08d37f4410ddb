/** What the endpoints of subscription schedules accept. */
import {
  boolean,
  currency,
  either,
  hash,
  type Infer,
  integer,
  list,
  metadata,
  oneOf,
  string,
  timestamp,
} from "../http/params";
import { automaticTaxParams } from "./automatic-tax";
import { billingMode } from "./billing-mode";
import { recurringPriceData } from "./inline-prices";
import { collectionMethod, invoiceSettingsOfSchedule, phaseInvoiceItem } from "./phase-terms";
import { discountList, discountSource, prorationBehavior } from "./subscription-params";

const moment = either(oneOf("now"), timestamp());

const phaseItem = hash(
  {
    discounts: discountList,
    price: string(),
    price_data: recurringPriceData,
    quantity: integer({ minimum: 0, maximum: 999_999_999 }),
    tax_rates: list(string(), { maximum: 5 }),
    metadata: metadata(),
  },
  ["billing_thresholds", "plan"],
);

const phase = hash(
  {
    items: list(phaseItem, { maximum: 20 }).required(),
    add_invoice_items: list(phaseInvoiceItem, { maximum: 20 }),
    automatic_tax: automaticTaxParams,
    billing_cycle_anchor: oneOf("automatic", "phase_start"),
    collection_method: collectionMethod,
    currency: currency(),
    default_payment_method: string(),
    default_tax_rates: list(string(), { maximum: 5 }),
    description: string({ maxLength: 500 }).clearable(),
    discounts: list(discountSource, { maximum: 20 }),
    duration: hash({
      interval: oneOf("day", "month", "week", "year").required(),
      interval_count: integer({ minimum: 1, maximum: 100 }),
    }),
    end_date: moment,
    invoice_settings: invoiceSettingsOfSchedule,
    metadata: metadata(),
    proration_behavior: prorationBehavior,
    start_date: moment,
    trial: boolean(),
    trial_end: moment,
  },
  ["application_fee_percent", "billing_thresholds", "on_behalf_of", "transfer_data"],
);

const defaultSettings = hash(
  {
    automatic_tax: automaticTaxParams,
    billing_cycle_anchor: oneOf("automatic", "phase_start"),
    collection_method: collectionMethod,
    default_payment_method: string(),
    description: string({ maxLength: 500 }).clearable(),
    invoice_settings: invoiceSettingsOfSchedule,
  },
  ["application_fee_percent", "billing_thresholds", "on_behalf_of", "transfer_data"],
);

const shared = {
  default_settings: defaultSettings,
  end_behavior: oneOf("cancel", "none", "release", "renew"),
  metadata: metadata(),
  phases: list(phase, { maximum: 10 }),
};

/** Everything `subscriptionSchedules.create` takes. */
export const createScheduleSchema = {
  ...shared,
  billing_mode: billingMode,
  customer: string(),
  from_subscription: string(),
  start_date: moment,
};

/** Everything `subscriptionSchedules.update` takes. */
export const updateScheduleSchema = { ...shared, proration_behavior: prorationBehavior };

/** Parameters of both that Stripe has and the sandbox refuses. */
export const unsupportedOfSchedules = ["customer_account", "pause_schedules"];

/** A read creation. */
export type CreateScheduleParameters = Infer<typeof createScheduleSchema>;
/** A read update. */
export type UpdateScheduleParameters = Infer<typeof updateScheduleSchema>;
/** One phase as a caller gives it. */
export type PhaseParameters = NonNullable<UpdateScheduleParameters["phases"]>[number];
