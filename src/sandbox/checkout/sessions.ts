/**
 * Checkout sessions as records: opening one, its end without a payment, and its recovery after that.
 *
 * Owns: what a session is made from, and its expiry. What it costs is in quote.ts, what a customer does on its page in
 * complete.ts. Refuses: shipping.
 */
import type Stripe from "stripe";
import { taxIdsOf } from "../billing/tax-ids";
import { registerDue } from "../clock/due";
import { invalidRequest } from "../http/errors";
import { applyMetadata } from "../http/params";
import { registerIncludable } from "../http/present";
import { cancelPaymentIntent } from "../payments/intents";
import { withMethodChoice } from "../payments/method-choice";
import { createSetupIntent } from "../payments/setup";
import { randomText } from "../store/ids";
import { idOf } from "../store/indexes";
import type { CheckoutPlan, Transaction } from "../store/transaction";
import { clockOf } from "../webhooks/events";
import { blankDetails, blankSession, customTextOf, invoiceCreationOf } from "./blank-session";
import { checkParameters } from "./check-params";
import { readLineItems } from "./line-items";
import type { CreateSessionParameters } from "./params";
import { requote } from "./quote";
import { checkSessionTax, sessionTax } from "./session-tax";

type Session = Stripe.Checkout.Session;

const expireKind = "checkout.expire";
const lifetimeSeconds = 24 * 3_600;
const recoverySeconds = 30 * 86_400;

/** Opens a session; its url leads to the sandbox's own page. */
export function createSession(tx: Transaction, params: CreateSessionParameters, baseUrl: string): Session {
  const customer = params.customer === undefined ? null : tx.get("customer", params.customer, "customer");
  checkParameters(params);
  checkSessionTax(tx, params, customer);
  const now = tx.now(idOf(customer?.test_clock));
  const expiresAt = expiryOf(params, now);
  const { lineItems, taxRates } = readLineItems(tx, params);
  const currency = lineItems[0]?.currency ?? params.currency ?? null;
  const setupIntent = params.mode === "setup" ? openSetup(tx, params) : null;
  const id = `cs_test_a1${randomText(56)}`;
  const isHosted = (params.ui_mode ?? "hosted_page") === "hosted_page";
  const session: Session = {
    ...blankSession,
    ...settingsOf(params),
    automatic_tax: sessionTax(params.automatic_tax),
    id,
    client_secret: isHosted ? null : `${id}_secret_${randomText(40)}`,
    created: now,
    currency,
    customer: customer?.id ?? null,
    customer_creation: params.mode === "payment" && !customer ? (params.customer_creation ?? "if_required") : null,
    customer_details: customer ? knownDetails(tx, customer) : typedDetails(params),
    expires_at: expiresAt,
    mode: params.mode,
    payment_method_types: offeredTypes(params, currency),
    payment_status: params.mode === "setup" ? "no_payment_required" : "unpaid",
    setup_intent: setupIntent?.id ?? null,
    url: isHosted ? pageUrl(baseUrl, id) : null,
  };
  tx.put("checkout_plan", { id, lineItems, taxRates, intent: setupIntent?.id ?? null, params, baseUrl });
  const quoted = requote(tx, session);
  const total = quoted.amount_total ?? 0;
  if (params.mode === "payment" && total !== 0 && total < 50) {
    throw invalidRequest("The Checkout Session's total amount due must add up to at least $0.50 usd.", {
      code: "amount_too_small",
      param: "line_items",
    });
  }
  tx.schedule({ clock: clockOf(tx, quoted) ?? "default", at: expiresAt, kind: expireKind, subject: id });
  return quoted;
}

/** Where a session's page is, for embedded ones too: a frame may show it. */
export function pageUrl(baseUrl: string, session: string): string {
  return `${baseUrl}/_sandbox/checkout/${session}`;
}

/** Ends an open session without a payment. */
export function expireSession(tx: Transaction, session: Session): Session {
  if (session.status !== "open") {
    throw invalidRequest(
      `Only Checkout Sessions with a status in ["open"] can be expired. This Checkout Session has a status of \`${session.status}\`.`,
    );
  }
  dropPayment(tx, session);
  const recovery = session.after_expiration?.recovery;
  const { baseUrl } = tx.get("checkout_plan", session.id);
  const expired = closeSession(tx, session, {
    status: "expired",
    ...(recovery?.enabled !== true
      ? {}
      : {
          after_expiration: {
            recovery: {
              ...recovery,
              expires_at: tx.now(clockOf(tx, session)) + recoverySeconds,
              url: `${baseUrl}/_sandbox/checkout/recover/${session.id}`,
            },
          },
        }),
  });
  tx.emit("checkout.session.expired", expired);
  return expired;
}

/** Opens a copy of an expired session; the expired one's recovery url leads here. */
export function recoverSession(tx: Transaction, id: string): Session {
  const session = tx.get("checkout_session", id);
  const recovery = session.after_expiration?.recovery;
  const lastAt = recovery?.expires_at ?? 0;
  if (session.status !== "expired" || !recovery?.enabled || lastAt <= tx.now(clockOf(tx, session))) {
    throw invalidRequest("This Checkout Session can no longer be recovered.");
  }
  const { params, baseUrl } = tx.get("checkout_plan", id);
  const promotions = recovery.allow_promotion_codes ? { allow_promotion_codes: true, discounts: undefined } : {};
  const copy = createSession(tx, { ...params, ...promotions, expires_at: undefined }, baseUrl);
  return tx.put("checkout_session", { ...copy, recovered_from: session.id });
}

/** Stores the last state of a session: its page is gone. */
export function closeSession(tx: Transaction, session: Session, change: Partial<Session>): Session {
  tx.unschedule(expireKind, session.id);
  return tx.put("checkout_session", { ...session, ...change, client_secret: null, url: null });
}

/** What a session sells. */
export function lineItemsOf(tx: Transaction, session: string): CheckoutPlan["lineItems"] {
  return tx.get("checkout_plan", session).lineItems;
}

/** A one-off payment that was begun is given up with its session. */
function dropPayment(tx: Transaction, session: Session): void {
  const intent = tx.find("payment_intent", idOf(session.payment_intent) ?? "");
  if (intent === undefined || intent.status === "succeeded" || intent.status === "canceled") return;
  if (intent.status === "processing") {
    throw invalidRequest("This Checkout Session's payment is on its way; it can not be expired.");
  }
  cancelPaymentIntent(tx, intent, "automatic");
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

/** The fields that show what the caller chose. */
function settingsOf(params: CreateSessionParameters): Partial<Session> {
  const isHosted = (params.ui_mode ?? "hosted_page") === "hosted_page";
  const recovery = params.after_expiration?.recovery;
  const { mode, tax_id_collection: taxIds } = params;
  return {
    after_expiration:
      recovery === undefined
        ? null
        : {
            recovery: {
              allow_promotion_codes: recovery.allow_promotion_codes ?? false,
              enabled: recovery.enabled,
              expires_at: null,
              url: null,
            },
          },
    allow_promotion_codes: params.allow_promotion_codes ?? null,
    allowed_payment_method_types: params.allowed_payment_method_types ?? null,
    billing_address_collection: params.billing_address_collection ?? null,
    cancel_url: params.cancel_url ?? null,
    client_reference_id: params.client_reference_id ?? null,
    custom_text: customTextOf(params),
    customer_email: params.customer_email ?? null,
    discounts: (params.discounts ?? []).map(({ coupon, promotion_code: code }) => ({
      coupon: coupon ?? null,
      promotion_code: code ?? null,
    })),
    ...(params.excluded_payment_method_types === undefined
      ? {}
      : { excluded_payment_method_types: params.excluded_payment_method_types }),
    invoice_creation: mode === "payment" ? invoiceCreationOf(params) : null,
    locale: params.locale ?? null,
    metadata: applyMetadata({}, params.metadata),
    payment_method_collection: mode === "subscription" ? (params.payment_method_collection ?? "always") : "if_required",
    phone_number_collection: { enabled: params.phone_number_collection?.enabled ?? false },
    ...(isHosted ? {} : { redirect_on_completion: params.redirect_on_completion ?? "always" }),
    ...(params.return_url === undefined ? {} : { return_url: params.return_url }),
    submit_type: params.submit_type ?? null,
    success_url: params.success_url ?? null,
    ...(taxIds === undefined
      ? {}
      : { tax_id_collection: { enabled: taxIds.enabled, required: taxIds.required ?? "never" } }),
    ui_mode: params.ui_mode ?? "hosted_page",
  };
}

function knownDetails(tx: Transaction, customer: Stripe.Customer): Session["customer_details"] {
  return {
    ...blankDetails,
    address: customer.address ?? null,
    email: customer.email,
    name: customer.name ?? null,
    phone: customer.phone ?? null,
    tax_exempt: customer.tax_exempt ?? "none",
    tax_ids: taxIdsOf(tx, customer.id).map(({ type, value }) => ({ type, value })),
  };
}

function typedDetails(params: CreateSessionParameters): Session["customer_details"] {
  if (params.customer_email === undefined) return null;
  return { ...blankDetails, email: params.customer_email, tax_exempt: "none" };
}

function openSetup(tx: Transaction, params: CreateSessionParameters): Stripe.SetupIntent {
  const intent = createSetupIntent(tx, {
    customer: params.customer ?? null,
    description: params.setup_intent_data?.description ?? null,
    metadata: applyMetadata({}, params.setup_intent_data?.metadata),
  });
  return tx.put("setup_intent", withMethodChoice(intent, params));
}

/** The kinds of payment method the page offers. */
function offeredTypes(params: CreateSessionParameters, currency: string | null): string[] {
  const wanted = params.allowed_payment_method_types ?? ["card"];
  const excluded = new Set(params.excluded_payment_method_types ?? []);
  const currencies: Record<string, string | null> = { card: null, us_bank_account: "usd", sepa_debit: "eur" };
  const offered = wanted.filter((type) => {
    const own = currencies[type];
    return own !== undefined && !excluded.has(type) && (own === null || params.mode === "setup" || own === currency);
  });
  if (offered.length > 0) return [...new Set(offered)];
  throw invalidRequest(
    "No valid payment method types for this Checkout Session: none of the allowed ones can be used here.",
    {
      param: "allowed_payment_method_types",
    },
  );
}
