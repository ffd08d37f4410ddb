/** The door of the inbox. */
import type { Database } from "@/db/client";
import { eventSubject, verifyEvent } from "@/stripe/events";
import type { Clock } from "../kernel/clock";
import { BillingError } from "../kernel/errors";
import { insertEvent } from "./store";

const BODY_LIMIT_BYTES = 1_048_576;

/** What acceptance needs: no Stripe, no actor, and the machine's clock, because Stripe signs by real time. */
export interface AcceptContext {
  db: Database;
  clock: Clock;
  /** Whether this installation works with live money; events of the other mode are refused. */
  livemode: boolean;
}

/**
 * Stores a posted event and the job that will project it, in one transaction, so that a 2xx is a promise kept through a
 * crash. The same event again answers the same and stores nothing.
 *
 * Throws `invalid` with `webhook.invalid_signature`, `webhook.too_large` or `webhook.wrong_mode`, and nothing is stored.
 */
export async function acceptEvent(
  ctx: AcceptContext,
  rawBody: string,
  signatureHeader: string | null,
  secrets: readonly string[],
): Promise<{ id: string; duplicate: boolean }> {
  if (Buffer.byteLength(rawBody) > BODY_LIMIT_BYTES) {
    throw new BillingError("invalid", "webhook.too_large", "The body is larger than 1 MiB.");
  }
  const event = verifyEvent({ rawBody, signatureHeader, secrets, receivedAt: ctx.clock.now() });
  if (event.livemode !== ctx.livemode) {
    const theirs = event.livemode ? "live" : "test";
    throw new BillingError("invalid", "webhook.wrong_mode", `This installation does not take ${theirs} mode events.`);
  }
  const subject = eventSubject(JSON.parse(rawBody))?.stripeCustomerId ?? event.objectId ?? event.id;
  const isNew = await insertEvent(ctx.db, { ...event, subject, rawBody });
  return { id: event.id, duplicate: !isNew };
}
