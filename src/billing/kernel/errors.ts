/**
 * The one error of the domain, and the check against programmer errors.
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
  | "catalog.invalid"
  | "catalog.not_applied"
  | "catalog.unknown_plan"
  | "catalog.plan_not_sold"
  | "catalog.seats_not_sold"
  | "catalog.too_many_seats"
  | "idempotency.key_in_use"
  | "idempotency.key_reused"
  | "invoice.not_found"
  | "invoice.nothing_to_bill"
  | "invoice.not_payable"
  | "operation.in_progress"
  | "operation.reused"
  | "payment.authentication_required"
  | "payment.card_declined"
  | "payment.insufficient_funds"
  | "payment.method_not_found"
  | "payment.method_required"
  | "payment.method_in_use"
  | "promotion.unknown_code"
  | "quote.not_found"
  | "quote.stale"
  | "request.invalid"
  | "request.malformed_json"
  | "request.unknown_field"
  | "stripe.unavailable"
  | "stripe.refused"
  | "subscription.already_active"
  | "subscription.already_canceled"
  | "subscription.none"
  | "subscription.not_cancelable"
  | "subscription.not_paused"
  | "subscription.not_scheduled"
  | "subscription.not_trialing"
  | "subscription.paused"
  | "subscription.payment_pending"
  | "subscription.same_plan"
  | "subscription.trial_taken"
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

/** A refusal or failure with a stable code and a message that is safe to show. */
export class BillingError extends Error {
  readonly kind: BillingErrorKind;
  readonly code: BillingErrorCode;
  readonly details: ErrorDetails;
  /** Whether the same call may succeed later without any change; only ever true for `upstream` and `conflict`. */
  readonly retryable: boolean;

  constructor(
    kind: BillingErrorKind,
    code: BillingErrorCode,
    message: string,
    options: { details?: ErrorDetails; cause?: unknown; retryable?: boolean } = {},
  ) {
    super(message, { cause: options.cause });
    this.name = "BillingError";
    this.kind = kind;
    this.code = code;
    this.details = options.details ?? {};
    this.retryable = options.retryable ?? false;
  }
}

/** Stops a programmer's error where it shows first. Never caught in order to go on. */
export function invariant(condition: unknown, reason: string): asserts condition {
  if (!condition)
    throw new BillingError("invariant", "invariant.broken", `A rule of the program was broken: ${reason}`);
}
