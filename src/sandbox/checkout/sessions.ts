/**
 * Checkout sessions as records: opening one and its end without a payment.
 *
 * Owns: what a session is made from, its line items and amounts, and its expiry. What a customer does on its page is in
 * complete.ts. Refuses: forms embedded in other pages, discounts, taxes and shipping.
 */
import type Stripe from "stripe";
import { lineAmountMinor } from "../billing/amounts";
import { registerDue } from "../clock/due";
import { invalidRequest } from "../http/errors";
import { applyMetadata } from "../http/params";
import { registerIncludable } from "../http/present";
import { createSetupIntent } from "../payments/setup";
import { randomText } from "../store/ids";
import { idOf } from "../store/indexes";
import type { CheckoutPlan, Transaction } from "../store/transaction";
import { clockOf } from "../webhooks/events";
import type { CreateSessionParameters } from "./params";

type Session = Stripe.Checkout.Session;

const expireKind = "checkout.expire";
const lifetimeSeconds = 24 * 3_600;

/** Opens a session; its url leads to the sandbox's own page. */
export function createSession(tx: Transaction, params: CreateSessionParameters, baseUrl: string): Session {
  const customer = params.customer === undefined ? null : tx.get("customer", params.customer, "customer");
  checkParameters(params);
  const now = tx.now(idOf(customer?.test_clock));
  const expiresAt = expiryOf(params, now);
  const lineItems = readLineItems(tx, params);
  const hasTrial = (params.subscription_data?.trial_period_days ?? params.subscription_data?.trial_end) !== undefined;
  const amounts = lineItems.map((item) => (hasTrial && item.price?.recurring ? 0 : item.amount_total));
  const total = params.mode === "setup" ? null : amounts.reduce((sum, amount) => sum + amount, 0);
  if (params.mode === "payment" && (total ?? 0) < 50) {
    throw invalidRequest("The Checkout Session's total amount due must add up to at least $0.50 usd.", {
      code: "amount_too_small",
      param: "line_items",
    });
  }
  const setupIntent = params.mode === "setup" ? openSetup(tx, params) : null;
  const id = `cs_test_a1${randomText(56)}`;
  const session = tx.put("checkout_session", {
    ...blankSession,
    id,
    amount_subtotal: total,
    amount_total: total,
    cancel_url: params.cancel_url ?? null,
    client_reference_id: params.client_reference_id ?? null,
    created: now,
    currency: lineItems[0]?.currency ?? params.currency ?? null,
    customer: customer?.id ?? null,
    customer_creation: params.mode === "payment" && !customer ? (params.customer_creation ?? "if_required") : null,
    customer_details: customer
      ? {
          ...blankDetails,
          email: customer.email,
          name: customer.name ?? null,
          tax_exempt: customer.tax_exempt ?? "none",
        }
      : params.customer_email === undefined
        ? null
        : { ...blankDetails, email: params.customer_email, tax_exempt: "none" },
    customer_email: params.customer_email ?? null,
    expires_at: expiresAt,
    metadata: applyMetadata({}, params.metadata),
    mode: params.mode,
    payment_method_collection: params.mode === "subscription" ? "always" : "if_required",
    payment_status: params.mode === "setup" ? "no_payment_required" : "unpaid",
    setup_intent: setupIntent?.id ?? null,
    success_url: params.success_url ?? null,
    url: `${baseUrl}/_sandbox/checkout/${id}`,
  });
  tx.put("checkout_plan", {
    id,
    lineItems,
    intent: setupIntent?.id ?? null,
    subscription: params.subscription_data ?? {},
    payment: params.payment_intent_data ?? {},
  });
  tx.schedule({ clock: clockOf(tx, session) ?? "default", at: expiresAt, kind: expireKind, subject: id });
  return session;
}

/** Ends an open session without a payment. */
export function expireSession(tx: Transaction, session: Session): Session {
  if (session.status !== "open") {
    throw invalidRequest(
      `Only Checkout Sessions with a status in ["open"] can be expired. This Checkout Session has a status of \`${session.status}\`.`,
    );
  }
  const expired = closeSession(tx, session, { status: "expired" });
  tx.emit("checkout.session.expired", expired);
  return expired;
}

/** Stores the last state of a session: its page is gone. */
export function closeSession(tx: Transaction, session: Session, change: Partial<Session>): Session {
  tx.unschedule(expireKind, session.id);
  return tx.put("checkout_session", { ...session, ...change, url: null });
}

/** What a session sells. */
export function lineItemsOf(tx: Transaction, session: string): CheckoutPlan["lineItems"] {
  return tx.get("checkout_plan", session).lineItems;
}

registerDue(expireKind, (tx, { subject }) => {
  const session = tx.find("checkout_session", subject);
  if (session?.status === "open") expireSession(tx, session);
});

registerIncludable("checkout.session", "line_items", (tx, session) => ({
  object: "list",
  data: lineItemsOf(tx, String(session.id)),
  has_more: false,
  url: `/v1/checkout/sessions/${String(session.id)}/line_items`,
}));

function checkParameters(params: CreateSessionParameters): void {
  const missing = (param: string) =>
    invalidRequest(`Missing required param: ${param}.`, { code: "parameter_missing", param });
  if (params.success_url === undefined) throw missing("success_url");
  for (const name of ["success_url", "cancel_url"] as const) {
    const url = params[name];
    if (url !== undefined && !/^https?:\/\//.test(url))
      throw invalidRequest("Not a valid URL", { code: "url_invalid", param: name });
  }
  const count = params.line_items?.length ?? 0;
  if (params.mode === "setup") {
    if (count > 0) throw invalidRequest("You can not pass `line_items` in `setup` mode.", { param: "line_items" });
    if (params.currency === undefined) throw missing("currency");
  } else if (count === 0) {
    throw missing("line_items");
  }
  if (params.customer !== undefined && params.customer_email !== undefined) {
    throw invalidRequest("You may only specify one of these parameters: customer, customer_email.", {
      param: "customer_email",
    });
  }
  for (const [name, mode] of [
    ["subscription_data", "subscription"],
    ["payment_intent_data", "payment"],
    ["setup_intent_data", "setup"],
  ] as const) {
    if (params[name] !== undefined && params.mode !== mode) {
      throw invalidRequest(`You can not pass \`${name}\` in \`${params.mode}\` mode.`, { param: name });
    }
  }
  if (params.customer_creation !== undefined && params.mode !== "payment") {
    throw invalidRequest("`customer_creation` can only be used in `payment` mode.", { param: "customer_creation" });
  }
}

function expiryOf(params: CreateSessionParameters, now: number): number {
  const at = params.expires_at;
  if (at === undefined) return now + lifetimeSeconds;
  if (at < now + 1_800 || at > now + lifetimeSeconds) {
    throw invalidRequest("The `expires_at` timestamp must be between 30 minutes and 24 hours from now.", {
      param: "expires_at",
    });
  }
  return at;
}

function readLineItems(tx: Transaction, params: CreateSessionParameters): Stripe.LineItem[] {
  const items = (params.line_items ?? []).map((given, index) => {
    const param = `line_items[${index}][price]`;
    const price = tx.get("price", given.price, param);
    if (!price.active) throw invalidRequest("The price specified is inactive.", { param });
    if (params.mode === "payment" && price.type !== "one_time") {
      throw invalidRequest(
        "You specified `payment` mode but passed a recurring price. Either switch to `subscription` mode or use only one-time prices.",
        { param },
      );
    }
    const amount = lineAmountMinor(price, given.quantity ?? 1);
    const item: Stripe.LineItem = {
      id: tx.newId("li"),
      object: "item",
      adjustable_quantity: null,
      amount_discount: 0,
      amount_subtotal: amount,
      amount_tax: 0,
      amount_total: amount,
      currency: price.currency,
      description: tx.find("product", idOf(price.product) ?? "")?.name ?? null,
      metadata: applyMetadata({}, given.metadata),
      price,
      quantity: given.quantity ?? 1,
    };
    return item;
  });
  const currency = items[0]?.currency;
  if (items.some((item) => item.currency !== currency)) {
    throw invalidRequest("All prices of a Checkout Session must have the same currency.", { param: "line_items" });
  }
  if (params.mode === "subscription" && items.every((item) => item.price?.type !== "recurring")) {
    throw invalidRequest("You must provide at least one recurring price in `subscription` mode.", {
      param: "line_items",
    });
  }
  return items;
}

function openSetup(tx: Transaction, params: CreateSessionParameters): Stripe.SetupIntent {
  return createSetupIntent(tx, {
    customer: params.customer ?? null,
    description: params.setup_intent_data?.description ?? null,
    metadata: applyMetadata({}, params.setup_intent_data?.metadata),
  });
}

const blankDetails = {
  address: null,
  business_name: null,
  email: null,
  individual_name: null,
  name: null,
  phone: null,
  tax_exempt: null,
  tax_ids: null,
};

const blankSession = {
  object: "checkout.session",
  adaptive_pricing: null,
  after_expiration: null,
  allow_promotion_codes: null,
  allowed_payment_method_types: null,
  automatic_tax: { enabled: false, liability: null, provider: null, status: null },
  billing_address_collection: null,
  client_secret: null,
  collected_information: null,
  consent: null,
  consent_collection: null,
  currency_conversion: null,
  custom_fields: [],
  custom_text: { after_submit: null, shipping_address: null, submit: null, terms_of_service_acceptance: null },
  customer_account: null,
  discounts: [],
  integration_identifier: null,
  invoice: null,
  invoice_creation: null,
  livemode: false,
  locale: null,
  managed_payments: null,
  origin_context: null,
  payment_intent: null,
  payment_link: null,
  payment_method_configuration_details: null,
  payment_method_options: { card: { request_three_d_secure: "automatic" } },
  payment_method_types: ["card"],
  permissions: null,
  recovered_from: null,
  saved_payment_method_options: null,
  shipping_address_collection: null,
  shipping_cost: null,
  shipping_options: [],
  status: "open",
  submit_type: null,
  subscription: null,
  total_details: { amount_discount: 0, amount_shipping: 0, amount_tax: 0 },
  ui_mode: "hosted_page",
  wallet_options: null,
} satisfies Partial<Session>;
