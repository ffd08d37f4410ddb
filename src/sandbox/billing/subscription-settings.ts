/** The part of a subscription's update that changes settings only, and so never money by itself. */
import type Stripe from "stripe";
import { invalidRequest } from "../http/errors";
import { applyMetadata, type Infer } from "../http/params";
import type { Transaction } from "../store/transaction";
import { subscriptionTax } from "./automatic-tax";
import type { updateSchema } from "./subscription-params";
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
  if (params.payment_settings?.save_default_payment_method !== undefined) {
    change.payment_settings = {
      payment_method_options: before.payment_settings?.payment_method_options ?? null,
      payment_method_types: before.payment_settings?.payment_method_types ?? null,
      save_default_payment_method: params.payment_settings.save_default_payment_method,
    };
  }
  if (params.trial_settings !== undefined) {
    change.trial_settings = {
      end_behavior: {
        billing_cycle_anchor: null,
        missing_payment_method: params.trial_settings.end_behavior.missing_payment_method,
      },
    };
  }
  return { ...change, ...invoiceSettingsChange(before, params), ...pauseChange(params) };
}

function invoiceSettingsChange(
  before: Stripe.Subscription,
  params: Infer<typeof updateSchema>,
): Partial<Stripe.Subscription> {
  const given = params.invoice_settings;
  if (given === undefined) return {};
  const current = before.invoice_settings;
  return {
    invoice_settings: {
      ...current,
      description: given.description === undefined ? current.description : given.description,
      footer: given.footer === undefined ? current.footer : given.footer,
    },
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
