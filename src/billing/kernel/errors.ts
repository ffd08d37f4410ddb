/**
 * The errors of the domain, and the check against programmer errors.
 *
 *   BillingError ─┬─ PaymentError ─┬─ InsufficientFundsError
 *                 │                ├─ CardDeclinedError
 *                 │                └─ AuthenticationRequiredError
 *                 └─ SubscriptionError
 *
 * The class follows from the code: `new BillingError(…)` is the one factory, so that an error read back from a stored
 * refusal is what it was when it was thrown, and none can have a class its code denies.
 *
 * `kind` decides the transport's status, `code` is the stable name a caller may switch on, `message` is safe to show and
 * says what went wrong and what to do, `cause` is for the log. An outage at Stripe is `upstream` and says whether trying
 * again can help.
 */

/** What sort of refusal it is; every transport maps each kind once. */
export type BillingErrorKind =
  | "not_found"
  | "invalid"
  | "conflict"
  | "precondition"
  | "forbidden"
  | "limit"
  | "declined"
  | "upstream"
  | "invariant";

/** Stable names of refusals, `<slice>.<what>`. Adding one is compatible, renaming one is not. */
export type BillingErrorCode =
  | "auth.unauthenticated"
  | "auth.forbidden"
  | "auth.unknown_key"
  | "billing_details.invalid"
  | "catalog.invalid"
  | "catalog.not_applied"
  | "catalog.unknown_plan"
  | "catalog.plan_not_sold"
  | "catalog.seats_not_sold"
  | "catalog.too_few_seats"
  | "catalog.too_many_seats"
  | "dunning.closed"
  | "dunning.link_busy"
  | "dunning.link_invalid"
  | "dunning.not_found"
  | "idempotency.key_in_use"
  | "idempotency.key_reused"
  | "invoice.not_creditable"
  | "invoice.not_found"
  | "invoice.nothing_to_bill"
  | "invoice.not_payable"
  | "operation.in_progress"
  | "operation.interrupted"
  | "operation.reused"
  | "payment.amount_invalid"
  | "payment.authentication_required"
  | "payment.card_declined"
  | "payment.insufficient_funds"
  | "payment.method_not_found"
  | "payment.method_required"
  | "payment.method_in_use"
  | "payment.not_found"
  | "payment.not_refundable"
  | "payment.refund_exceeds"
  | "payment.verification_failed"
  | "payment.verification_not_found"
  | "promotion.code_taken"
  | "promotion.invalid"
  | "promotion.not_applicable"
  | "promotion.not_found"
  | "promotion.unknown_code"
  | "quote.kept"
  | "quote.not_found"
  | "quote.stale"
  | "request.invalid"
  | "request.malformed_json"
  | "request.unknown_field"
  | "stripe.unavailable"
  | "stripe.refused"
  | "subscription.already_active"
  | "subscription.already_canceled"
  | "subscription.change_scheduled"
  | "subscription.discount_unknown"
  | "subscription.none"
  | "subscription.not_cancelable"
  | "subscription.not_paused"
  | "subscription.not_scheduled"
  | "subscription.not_trialing"
  | "subscription.paused"
  | "subscription.payment_pending"
  | "subscription.same_plan"
  | "subscription.trial_taken"
  | "tax.id_invalid"
  | "tax.location_required"
  | "tenant.not_found"
  | "tenant.slug_taken"
  | "tenant.invalid_slug"
  | "usage.invalid_quantity"
  | "usage.invalid_metadata"
  | "usage.key_reused"
  | "usage.period_not_found"
  | "usage.quota_exhausted"
  | "usage.unknown_type"
  | "usage.wrong_unit"
  | "webhook.invalid_signature"
  | "webhook.not_found"
  | "webhook.too_large"
  | "webhook.wrong_mode"
  | "invariant.broken";

/** Small named values that explain a refusal; shown to the caller, so never a secret. */
export type ErrorDetails = Readonly<Record<string, string | number | boolean | null>>;

const BRAND = Symbol.for("quittance.BillingError");

/** A refusal or failure with a stable code and a message that is safe to show. */
export class BillingError extends Error {
  readonly kind: BillingErrorKind;
  readonly code: BillingErrorCode;
  readonly details: ErrorDetails;
  /** Whether the same call may succeed later without any change; only ever true for `upstream` and `conflict`. */
  readonly retryable: boolean;

  /**
   * Whether a value is such an error, by brand and code. A program may load this file twice (a bundled page and the server
   * behind it), and an error of the other copy is the same refusal.
   */
  static override [Symbol.hasInstance](value: unknown): boolean {
    if (typeof value !== "object" || value === null || Reflect.get(value, BRAND) !== true) return false;
    // biome-ignore lint/complexity/noThisInStatic: each subclass asks for itself
    const own = CLASS_NAMES.get(this);
    return own !== undefined && classNames(Reflect.get(value, "code")).includes(own);
  }

  constructor(
    kind: BillingErrorKind,
    code: BillingErrorCode,
    message: string,
    options: { details?: ErrorDetails; cause?: unknown; retryable?: boolean } = {},
  ) {
    super(message, { cause: options.cause });
    Object.defineProperty(this, BRAND, { value: true });
    const own = CLASSES[classNames(code).at(-1) ?? "BillingError"];
    if (own !== undefined && own !== new.target) Object.setPrototypeOf(this, own.prototype);
    this.name = classNames(code).at(-1) ?? "BillingError";
    this.kind = kind;
    this.code = code;
    this.details = options.details ?? {};
    this.retryable = options.retryable ?? false;
  }
}

/** Something about a payment or a payment method; every code `payment.*`. */
export class PaymentError extends BillingError {}

/** There was not enough money on the card or account: `payment.insufficient_funds`. */
export class InsufficientFundsError extends PaymentError {}

/** The bank said no: `payment.card_declined`. Asking it again with the same card would only be refused again. */
export class CardDeclinedError extends PaymentError {}

/** The bank wants the cardholder, who was not there: `payment.authentication_required`. */
export class AuthenticationRequiredError extends PaymentError {}

/** A change that the subscription, as it stands, does not allow; every code `subscription.*`. */
export class SubscriptionError extends BillingError {}

/** The name of an error's class; transports give it to callers beside the code. */
export type BillingErrorName =
  | "BillingError"
  | "PaymentError"
  | "InsufficientFundsError"
  | "CardDeclinedError"
  | "AuthenticationRequiredError"
  | "SubscriptionError";

const CLASSES: Readonly<Record<BillingErrorName, typeof BillingError>> = {
  ...{ BillingError, PaymentError, InsufficientFundsError, CardDeclinedError, AuthenticationRequiredError },
  SubscriptionError,
};

// By the class and not by its own name, which a bundler may shorten.
const CLASS_NAMES = new Map(Object.entries(CLASSES).map(([name, own]) => [own, name as BillingErrorName]));

const DECLINES: Readonly<Partial<Record<string, BillingErrorName>>> = {
  "payment.insufficient_funds": "InsufficientFundsError",
  "payment.card_declined": "CardDeclinedError",
  "payment.authentication_required": "AuthenticationRequiredError",
};

/** The classes of an error with this code, the most general first. */
function classNames(code: unknown): BillingErrorName[] {
  const text = String(code);
  const decline = DECLINES[text];
  if (decline !== undefined) return ["BillingError", "PaymentError", decline];
  if (text.startsWith("payment.")) return ["BillingError", "PaymentError"];
  if (text.startsWith("subscription.")) return ["BillingError", "SubscriptionError"];
  return ["BillingError"];
}

/** The name of the most particular class of an error. */
export function errorName(error: BillingError): BillingErrorName {
  return classNames(error.code).at(-1) ?? "BillingError";
}

/** Stops a programmer's error where it shows first. Never caught in order to go on. */
export function invariant(condition: unknown, reason: string): asserts condition {
  if (!condition)
    throw new BillingError("invariant", "invariant.broken", `A rule of the program was broken: ${reason}`);
}
