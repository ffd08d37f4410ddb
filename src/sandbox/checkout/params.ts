/** What `checkout.sessions.create` accepts. */
import { currency, hash, type Infer, integer, list, metadata, oneOf, string, timestamp } from "../http/params";

const lineItem = hash(
  {
    price: string().required(),
    quantity: integer({ minimum: 1, maximum: 999_999 }),
    metadata: metadata(),
  },
  ["adjustable_quantity", "dynamic_tax_rates", "price_data", "tax_rates"],
);

/** Everything `checkout.sessions.create` takes. */
export const createSessionSchema = {
  cancel_url: string(),
  client_reference_id: string({ maxLength: 200 }),
  currency: currency(),
  customer: string(),
  customer_creation: oneOf("always", "if_required"),
  customer_email: string({ maxLength: 800 }),
  expires_at: timestamp(),
  line_items: list(lineItem, { maximum: 20 }),
  metadata: metadata(),
  mode: oneOf("payment", "setup", "subscription").required(),
  payment_intent_data: hash(
    {
      description: string({ maxLength: 1_000 }),
      metadata: metadata(),
      setup_future_usage: oneOf("off_session", "on_session"),
    },
    [
      "application_fee_amount",
      "capture_method",
      "on_behalf_of",
      "receipt_email",
      "shipping",
      "statement_descriptor",
      "statement_descriptor_suffix",
      "transfer_data",
      "transfer_group",
    ],
  ),
  setup_intent_data: hash({ description: string({ maxLength: 1_000 }), metadata: metadata() }, ["on_behalf_of"]),
  subscription_data: hash(
    {
      description: string({ maxLength: 500 }),
      metadata: metadata(),
      trial_end: timestamp(),
      trial_period_days: integer({ minimum: 1, maximum: 730 }),
    },
    [
      "application_fee_percent",
      "billing_cycle_anchor",
      "billing_cycle_anchor_config",
      "billing_mode",
      "default_tax_rates",
      "invoice_settings",
      "on_behalf_of",
      "pending_invoice_item_interval",
      "proration_behavior",
      "transfer_data",
      "trial_settings",
    ],
  ),
  success_url: string(),
  ui_mode: oneOf("hosted_page"),
};

/** Parameters of it that Stripe has and the sandbox refuses. */
export const unsupportedOfSessions = [
  "adaptive_pricing",
  "after_expiration",
  "allow_promotion_codes",
  "allowed_payment_method_types",
  "automatic_tax",
  "billing_address_collection",
  "branding_settings",
  "consent_collection",
  "custom_fields",
  "custom_text",
  "customer_account",
  "customer_update",
  "discounts",
  "excluded_payment_method_types",
  "integration_identifier",
  "invoice_creation",
  "locale",
  "managed_payments",
  "name_collection",
  "optional_items",
  "origin_context",
  "payment_method_collection",
  "payment_method_configuration",
  "payment_method_data",
  "payment_method_options",
  "permissions",
  "phone_number_collection",
  "redirect_on_completion",
  "return_url",
  "saved_payment_method_options",
  "shipping_address_collection",
  "shipping_options",
  "submit_type",
  "tax_id_collection",
  "wallet_options",
];

/** A read creation. */
export type CreateSessionParameters = Infer<typeof createSessionSchema>;
