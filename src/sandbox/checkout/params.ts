/** What `checkout.sessions.create` accepts. */
import { automaticTaxParams } from "../billing/automatic-tax";
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

const quantity = () => integer({ minimum: 1, maximum: 999_999 });

const priceData = hash(
  {
    currency: currency().required(),
    product: string(),
    product_data: hash(
      {
        name: string().required(),
        description: string({ maxLength: 40_000 }),
        images: list(string(), { maximum: 8 }),
        metadata: metadata(),
        tax_code: string(),
        unit_label: string({ maxLength: 12 }),
      },
      ["tax_details"],
    ),
    recurring: hash({
      interval: oneOf("day", "week", "month", "year").required(),
      interval_count: integer({ minimum: 1, maximum: 1_095 }),
    }),
    tax_behavior: oneOf("exclusive", "inclusive", "unspecified"),
    unit_amount: integer({ minimum: 0, maximum: 99_999_999_999 }),
    unit_amount_decimal: decimal({ places: 12, minimum: 0 }),
  },
  ["currency_options"],
);

const lineItem = hash(
  {
    adjustable_quantity: hash({
      enabled: boolean().required(),
      maximum: integer({ minimum: 1, maximum: 999_999 }),
      minimum: integer({ minimum: 0, maximum: 999_998 }),
    }),
    price: string(),
    price_data: priceData,
    quantity: quantity(),
    metadata: metadata(),
    tax_rates: list(string(), { maximum: 5 }),
  },
  ["dynamic_tax_rates"],
);

const message = hash({ message: string({ maxLength: 1_200 }).required() }).clearable();

const customField = hash({ name: string({ maxLength: 40 }).required(), value: string({ maxLength: 140 }).required() });

const subscriptionData = hash(
  {
    billing_cycle_anchor: timestamp(),
    billing_mode: hash({
      type: oneOf("flexible", "classic").required(),
      flexible: hash({ proration_discounts: oneOf("included", "itemized") }),
    }),
    default_tax_rates: list(string(), { maximum: 5 }),
    description: string({ maxLength: 500 }),
    invoice_settings: hash({ description: string(), footer: string() }, ["account_tax_ids", "custom_fields", "issuer"]),
    metadata: metadata(),
    proration_behavior: oneOf("create_prorations", "none"),
    trial_end: timestamp(),
    trial_period_days: integer({ minimum: 1, maximum: 730 }),
    trial_settings: hash({
      end_behavior: hash({
        missing_payment_method: oneOf("cancel", "create_invoice", "pause").required(),
      }).required(),
    }),
  },
  [
    "application_fee_percent",
    "billing_cycle_anchor_config",
    "on_behalf_of",
    "pending_invoice_item_interval",
    "transfer_data",
  ],
);

const paymentIntentData = hash(
  {
    capture_method: oneOf("automatic", "automatic_async", "manual"),
    description: string({ maxLength: 1_000 }),
    metadata: metadata(),
    receipt_email: string({ maxLength: 800 }),
    setup_future_usage: oneOf("off_session", "on_session"),
    statement_descriptor: string({ maxLength: 22 }),
  },
  [
    "application_fee_amount",
    "on_behalf_of",
    "shipping",
    "statement_descriptor_suffix",
    "transfer_data",
    "transfer_group",
  ],
);

const invoiceData = hash(
  {
    custom_fields: list(customField, { maximum: 4 }),
    description: string({ maxLength: 1_500 }),
    footer: string({ maxLength: 5_000 }),
    metadata: metadata(),
  },
  ["account_tax_ids", "issuer", "rendering_options"],
);

/** Stripe's words for the languages of its pages. The sandbox's own page speaks English. */
const locales =
  "auto bg cs da de el en en-GB es es-419 et fi fil fr fr-CA hr hu id it ja ko lt lv ms mt nb nl pl pt pt-BR ro ru sk sl sv th tr vi zh zh-HK zh-TW".split(
    " ",
  );

/** Everything `checkout.sessions.create` takes. */
export const createSessionSchema = {
  after_expiration: hash({
    recovery: hash({ enabled: boolean().required(), allow_promotion_codes: boolean() }),
  }),
  allow_promotion_codes: boolean(),
  allowed_payment_method_types: list(string()),
  automatic_tax: automaticTaxParams,
  billing_address_collection: oneOf("auto", "required"),
  cancel_url: string(),
  client_reference_id: string({ maxLength: 200 }),
  currency: currency(),
  custom_text: hash({
    after_submit: message,
    shipping_address: message,
    submit: message,
    terms_of_service_acceptance: message,
  }),
  customer: string(),
  customer_creation: oneOf("always", "if_required"),
  customer_email: string({ maxLength: 800 }),
  customer_update: hash({ address: oneOf("auto", "never"), name: oneOf("auto", "never") }, ["shipping"]),
  discounts: list(hash({ coupon: string(), promotion_code: string() }), { maximum: 1 }),
  excluded_payment_method_types: list(string()),
  expires_at: timestamp(),
  invoice_creation: hash({ enabled: boolean().required(), invoice_data: invoiceData }),
  line_items: list(lineItem, { maximum: 20 }),
  locale: oneOf(...locales),
  metadata: metadata(),
  mode: oneOf("payment", "setup", "subscription").required(),
  payment_intent_data: paymentIntentData,
  payment_method_collection: oneOf("always", "if_required"),
  phone_number_collection: hash({ enabled: boolean().required() }),
  redirect_on_completion: oneOf("always", "if_required", "never"),
  return_url: string(),
  setup_intent_data: hash({ description: string({ maxLength: 1_000 }), metadata: metadata() }, ["on_behalf_of"]),
  submit_type: oneOf("auto", "book", "donate", "pay", "subscribe"),
  subscription_data: subscriptionData,
  success_url: string(),
  tax_id_collection: hash({ enabled: boolean().required(), required: oneOf("if_supported", "never") }),
  ui_mode: oneOf("elements", "embedded_page", "form", "hosted_page"),
};

/** Parameters of it that Stripe has and the sandbox refuses. */
export const unsupportedOfSessions = [
  "adaptive_pricing",
  "branding_settings",
  "consent_collection",
  "custom_fields",
  "customer_account",
  "integration_identifier",
  "managed_payments",
  "name_collection",
  "optional_items",
  "origin_context",
  "payment_method_configuration",
  "payment_method_data",
  "payment_method_options",
  "permissions",
  "saved_payment_method_options",
  "shipping_address_collection",
  "shipping_options",
  "wallet_options",
];

/** A read creation. */
export type CreateSessionParameters = Infer<typeof createSessionSchema>;

/** One of its line items. */
export type LineItemParameters = NonNullable<CreateSessionParameters["line_items"]>[number];
