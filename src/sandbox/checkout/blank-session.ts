/** The fields of a checkout session before anybody has said anything, and those that repeat what its caller said. */
import type Stripe from "stripe";
import { applyMetadata } from "../http/params";
import type { CreateSessionParameters } from "./params";

type Session = Stripe.Checkout.Session;

/** Customer details of which nothing is known. */
export const blankDetails = {
  address: null,
  business_name: null,
  email: null,
  individual_name: null,
  name: null,
  phone: null,
  tax_exempt: null,
  tax_ids: null,
} satisfies Session["customer_details"];

/** A session's fields that nobody has set. */
export const blankSession = {
  object: "checkout.session",
  adaptive_pricing: null,
  after_expiration: null,
  allow_promotion_codes: null,
  allowed_payment_method_types: null,
  amount_subtotal: null,
  amount_total: null,
  automatic_tax: { enabled: false, liability: null, provider: null, status: null },
  billing_address_collection: null,
  cancel_url: null,
  client_reference_id: null,
  collected_information: null,
  consent: null,
  consent_collection: null,
  currency_conversion: null,
  custom_fields: [],
  custom_text: { after_submit: null, shipping_address: null, submit: null, terms_of_service_acceptance: null },
  customer_account: null,
  customer_email: null,
  discounts: [],
  integration_identifier: null,
  invoice: null,
  invoice_creation: null,
  livemode: false,
  locale: null,
  managed_payments: null,
  metadata: {},
  origin_context: null,
  payment_intent: null,
  payment_link: null,
  payment_method_collection: null,
  payment_method_configuration_details: null,
  payment_method_options: { card: { request_three_d_secure: "automatic" } },
  permissions: null,
  recovered_from: null,
  saved_payment_method_options: null,
  shipping_address_collection: null,
  shipping_cost: null,
  shipping_options: [],
  status: "open",
  submit_type: null,
  subscription: null,
  success_url: null,
  total_details: { amount_discount: 0, amount_shipping: 0, amount_tax: 0 },
  ui_mode: "hosted_page",
  wallet_options: null,
} satisfies Partial<Session>;

/** `custom_text` with every place named. */
export function customTextOf(params: CreateSessionParameters): Session["custom_text"] {
  return { ...blankSession.custom_text, ...params.custom_text };
}

/** `invoice_creation` as a session shows it. */
export function invoiceCreationOf(params: CreateSessionParameters): Session["invoice_creation"] {
  const data = params.invoice_creation?.invoice_data;
  return {
    enabled: params.invoice_creation?.enabled ?? false,
    invoice_data: {
      account_tax_ids: null,
      custom_fields: data?.custom_fields ?? null,
      description: data?.description ?? null,
      footer: data?.footer ?? null,
      issuer: null,
      metadata: applyMetadata({}, data?.metadata),
      rendering_options: null,
    },
  };
}
