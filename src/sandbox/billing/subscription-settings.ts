/** The part of a subscription's update that changes settings only, and so never money by itself. */
import type Stripe from "stripe";
import { invalidRequest } from "../http/errors";
import { applyMetadata, type Infer } from "../http/params";
import type { Transaction } from "../store/transaction";
import { subscriptionTax } from "./automatic-tax";
import { blankSubscription } from "./blank-subscription";
import { keptSettings, type SettingsParameters } from "./kept-settings";
import { pendingIntervalChange } from "./pending-interval";
import { nowOf } from "./records";
import type { createSchema, updateSchema } from "./subscription-params";
import { ownedPaymentMethod, taxRates } from "./terms";

/** The fields that follow from the settings among the parameters. */
export function settingsChange(
  tx: Transaction,
  before: Stripe.Subscription,
  params: Infer<typeof updateSchema>,
  customer: string,
): Partial<Stripe.Subscription> {
  const change: Partial<Stripe.Subscription> = { metadata: applyMetadata(before.metadata, params.metadata) };
  if (params.description !== undefined) change.description = params.description;
  if (params.default_payment_method !== undefined) {
    change.default_payment_method =
      params.default_payment_method === null
        ? null
        : ownedPaymentMethod(tx, params.default_payment_method, customer, "default_payment_method");
  }
  if (params.default_tax_rates !== undefined) {
    change.default_tax_rates = taxRates(tx, params.default_tax_rates, "default_tax_rates");
  }
  if (params.automatic_tax !== undefined) change.automatic_tax = subscriptionTax(params.automatic_tax);
  if (params.collection_method !== undefined) change.collection_method = params.collection_method;
  if (params.days_until_due !== undefined) change.days_until_due = params.days_until_due;
  if (params.collection_method === "charge_automatically") change.days_until_due = null;
  return {
    ...change,
    ...keptSettings(tx, before, params),
    ...pendingIntervalChange(params.pending_invoice_item_interval, nowOf(tx, before)),
    ...pauseChange(params),
  };
}

/** The settings of a new subscription. */
export function newSettings(
  tx: Transaction,
  params: SettingsParameters & Pick<Infer<typeof createSchema>, "pending_invoice_item_interval">,
  now: number,
): Partial<Stripe.Subscription> {
  return {
    ...keptSettings(tx, blankSubscription, params),
    ...pendingIntervalChange(params.pending_invoice_item_interval, now),
  };
}

function pauseChange(params: Infer<typeof updateSchema>): Partial<Stripe.Subscription> {
  const pause = params.pause_collection;
  if (pause === undefined) return {};
  if (pause === null) return { pause_collection: null };
  if (pause.behavior === undefined) {
    throw invalidRequest("Missing required param: pause_collection[behavior].", {
      code: "parameter_missing",
      param: "pause_collection[behavior]",
    });
  }
  return { pause_collection: { behavior: pause.behavior, resumes_at: pause.resumes_at ?? null } };
}
