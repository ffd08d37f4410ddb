/**
 * What Stripe posts to us: the check of its signature, and what an event is about.
 *
 * Owns the list of event types we act on, held against the SDK's own so that a misspelt one does not compile. An event is
 * only a hint: of its object we take ids and nothing else, because it may be old when we read it. Refuses wrong, missing
 * and stale signatures, and such from the future.
 */
import Stripe from "stripe";
import { BillingError } from "@/billing/kernel/errors";

/** How far a signature's time may lie from ours, in both directions. */
export const SIGNATURE_TOLERANCE_SECONDS = 300;

/** The event types with an effect, as Stripe spells them. */
export const HANDLED_EVENT_TYPES = [
  "customer.subscription.created",
  "customer.subscription.updated",
  "customer.subscription.deleted",
  "customer.subscription.paused",
  "customer.subscription.resumed",
  "invoice.created",
  "invoice.updated",
  "invoice.finalized",
  "invoice.finalization_failed",
  "invoice.paid",
  "invoice.payment_succeeded",
  "invoice.payment_failed",
  "invoice.payment_action_required",
  "invoice.voided",
  "invoice.marked_uncollectible",
  "payment_intent.succeeded",
  "payment_intent.payment_failed",
  "payment_intent.processing",
  "payment_intent.canceled",
  "payment_intent.requires_action",
  "charge.refunded",
  "credit_note.created",
  "credit_note.updated",
  "credit_note.voided",
  "refund.created",
  "refund.updated",
  "refund.failed",
  "payment_method.attached",
  "payment_method.detached",
  "payment_method.updated",
  "customer.updated",
  "customer.tax_id.created",
  "customer.tax_id.updated",
  "customer.tax_id.deleted",
  "setup_intent.succeeded",
  "setup_intent.requires_action",
  "setup_intent.setup_failed",
  "setup_intent.canceled",
] as const satisfies readonly Stripe.Event["type"][];

/** An event type with an effect. */
export type HandledEventType = (typeof HANDLED_EVENT_TYPES)[number];

/** Names that documents use for a type of Stripe's. */
const ALIASES: ReadonlyMap<string, HandledEventType> = new Map([
  ["payment_intent.failed", "payment_intent.payment_failed"],
]);

/** A verified event, as the inbox keeps it. */
export interface VerifiedEvent {
  id: string;
  type: string;
  apiVersion: string | null;
  createdAt: Date;
  livemode: boolean;
  /** The id of the object it is about. */
  objectId: string | null;
}

/** What an event is about: ids only. */
export interface EventSubject {
  objectId: string;
  stripeCustomerId: string | null;
  /** The intent of a charge or refund; null for other objects. */
  stripePaymentIntentId: string | null;
}

/**
 * Verifies a posted body against any of the secrets (two are in use while one is being replaced).
 *
 * Throws `invalid webhook.invalid_signature` for a wrong, missing or empty signature, for one whose time is more than 300
 * seconds from `receivedAt` (the machine's time: Stripe signs by the real clock), and for a body that is no event.
 */
export function verifyEvent(request: {
  rawBody: string;
  signatureHeader: string | null;
  secrets: readonly string[];
  receivedAt: Date;
}): VerifiedEvent {
  const { rawBody, signatureHeader, secrets } = request;
  const receivedAt = Math.floor(request.receivedAt.getTime() / 1000);
  if (signatureHeader === null || signatureHeader === "") throw badSignature("The signature is missing.");
  // The SDK refuses what is too old and accepts any time to come, so the future is refused here.
  if (signedAt(signatureHeader) > receivedAt + SIGNATURE_TOLERANCE_SECONDS) {
    throw badSignature("The signature's time lies in the future.");
  }
  let problem: unknown = null;
  for (const secret of secrets) {
    try {
      return envelope(
        Stripe.webhooks.constructEvent(
          rawBody,
          signatureHeader,
          secret,
          SIGNATURE_TOLERANCE_SECONDS,
          undefined,
          // Unlike the signature's own time, this one is in milliseconds.
          request.receivedAt.getTime(),
        ),
      );
    } catch (error) {
      problem = error;
    }
  }
  throw badSignature("The signature does not fit the body, or is too old.", problem);
}

/** The type as we handle it, or null for types that mean nothing to us. */
export function handledType(type: string): HandledEventType | null {
  return ALIASES.get(type) ?? HANDLED_EVENT_TYPES.find((known) => known === type) ?? null;
}

/** The ids in a stored payload; null when it is no event of a known shape. */
export function eventSubject(payload: unknown): EventSubject | null {
  const object = field(field(payload, "data"), "object");
  const objectId = field(object, "id");
  if (typeof objectId !== "string") return null;
  const kind = field(object, "object");
  const previous = field(field(payload, "data"), "previous_attributes");
  return {
    objectId,
    // A detached method names its customer only among what it was before.
    stripeCustomerId: kind === "customer" ? objectId : (idField(object, "customer") ?? idField(previous, "customer")),
    stripePaymentIntentId: kind === "charge" || kind === "refund" ? idField(object, "payment_intent") : null,
  };
}

function envelope(event: Stripe.Event): VerifiedEvent {
  const { id, type, created } = event;
  if (typeof id !== "string" || typeof type !== "string" || typeof created !== "number") {
    throw badSignature("The body is not an event.");
  }
  return {
    id,
    type,
    apiVersion: event.api_version ?? null,
    createdAt: new Date(created * 1000),
    livemode: event.livemode === true,
    objectId: eventSubject(event)?.objectId ?? null,
  };
}

function signedAt(header: string): number {
  const time = Number(/(?:^|,)\s*t=(\d{1,15})(?:,|$)/.exec(header)?.[1]);
  if (!Number.isFinite(time)) throw badSignature("The signature has no time.");
  return time;
}

function badSignature(message: string, cause?: unknown): BillingError {
  return new BillingError("invalid", "webhook.invalid_signature", message, { cause });
}

function field(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null ? Reflect.get(value, name) : undefined;
}

function idField(value: unknown, name: string): string | null {
  const found = field(value, name);
  if (typeof found === "string") return found;
  const id = field(found, "id");
  return typeof id === "string" ? id : null;
}
