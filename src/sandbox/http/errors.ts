/**
 * Stripe's errors. This file owns every error shape the sandbox answers with; handlers throw one of these and the
 * server turns it into a reply. It refuses to invent codes: what Stripe would not say is not said here.
 */
import type Stripe from "stripe";

/** The hash below `error` in a reply. */
export interface ErrorBody {
  type: "api_error" | "card_error" | "idempotency_error" | "invalid_request_error";
  message: string;
  code?: string;
  param?: string;
  decline_code?: string;
  advice_code?: string;
  network_decline_code?: string;
  charge?: string;
  payment_intent?: Stripe.PaymentIntent;
  setup_intent?: Stripe.SetupIntent;
  payment_method?: Stripe.PaymentMethod;
  doc_url?: string;
  request_log_url?: string;
}

interface ErrorTraits {
  /** Keep the transaction's changes although the caller sees an error (a declined charge has happened). */
  commit?: boolean;
  /** Found while reading parameters, before anything ran: not remembered under the idempotency key. */
  beforeExecution?: boolean;
}

/** An error the caller of the API sees, in Stripe's shape. */
export class StripeError extends Error {
  readonly commit: boolean;
  readonly beforeExecution: boolean;

  constructor(
    readonly status: number,
    readonly body: ErrorBody,
    traits: ErrorTraits = {},
  ) {
    super(body.message);
    this.commit = traits.commit ?? false;
    this.beforeExecution = traits.beforeExecution ?? false;
  }
}

/** A 400 about something the caller asked for. */
export function invalidRequest(message: string, details: { code?: string; param?: string } = {}): StripeError {
  return new StripeError(400, { type: "invalid_request_error", message, ...details });
}

/** A 400 about the form of a parameter; it happens before execution, so idempotency keys stay free. */
export function invalidParameter(code: string, param: string, message: string): StripeError {
  return new StripeError(400, { type: "invalid_request_error", code, message, param }, { beforeExecution: true });
}

/** Words Stripe uses for its objects in "No such …". */
const nouns: Record<string, string> = {
  payment_method: "PaymentMethod",
  test_clock: "test clock",
  credit_note: "credit note",
  invoiceitem: "invoiceitem",
  checkout_session: "checkout.session",
  portal_configuration: "configuration",
  subscription_schedule: "subscription schedule",
  webhook_endpoint: "webhook endpoint",
};

/** The 404 for an id that does not exist, or the 400 when the id stood in a parameter other than the path's. */
export function resourceMissing(kind: string, id: string, param = "id"): StripeError {
  const noun = nouns[kind] ?? kind;
  return new StripeError(param === "id" ? 404 : 400, {
    type: "invalid_request_error",
    code: "resource_missing",
    message: `No such ${noun}: '${id}'`,
    param,
  });
}

/** The 402 of a card that was refused. Commits by default: the refusal is itself a fact. */
export function cardError(details: Omit<ErrorBody, "type">, traits: ErrorTraits = { commit: true }): StripeError {
  return new StripeError(402, { type: "card_error", ...details }, traits);
}

/** What Stripe has and this sandbox does not: said plainly, never imitated. */
export function notSupported(what: string, param?: string): StripeError {
  return new StripeError(
    501,
    {
      type: "invalid_request_error",
      message: `${what} is not supported by the sandbox.`,
      ...(param === undefined ? {} : { param }),
    },
    { beforeExecution: true },
  );
}
