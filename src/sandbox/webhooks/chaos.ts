/**
 * Trouble on purpose, per endpoint: what Stripe may do to a receiver on a bad day, as often as somebody asked for it.
 *
 * Every choice follows from the seed and from how many events the endpoint has had since the switch was set, never from
 * chance or time: the same seed and the same events give the same trouble. It owns the choices and their counters; the
 * sending stays in deliveries.ts.
 */
import { createHash } from "node:crypto";
import type Stripe from "stripe";
import type { ChaosCounters, EndpointChaos, Transaction } from "../store/transaction";

/** The kinds of trouble, each with a share of events between 0 and 1. */
export const troubles = ["duplicate", "twin", "reorder", "delay", "drop"] as const;

/** A kind of trouble. */
export type Trouble = (typeof troubles)[number];

/** How long an event waits for a later one to overtake it before it goes anyway. */
export const OVERTAKE_LIMIT_MS = 3_000;

/** Counters at zero, as after every setting of the switch. */
export const noTroubleYet: ChaosCounters = { events: 0, duplicate: 0, twin: 0, reorder: 0, delay: 0, drop: 0 };

/** A number from 0 up to but not 1 that depends on nothing but its three arguments. */
function draw(seed: number, ordinal: number, purpose: string): number {
  const digest = createHash("sha256").update(`${seed}/${ordinal}/${purpose}`).digest();
  return digest.readUInt32BE(0) / 2 ** 32;
}

/** Whether the event with this number (from 0) meets this trouble. */
export function meets(chaos: EndpointChaos, ordinal: number, trouble: Trouble): boolean {
  return draw(chaos.seed, ordinal, trouble) < chaos[trouble];
}

function delayOf(chaos: EndpointChaos, ordinal: number): number {
  return Math.max(1, Math.round(draw(chaos.seed, ordinal, "length") * chaos.delayMs));
}

interface Plan {
  dropsFirst?: boolean;
  waitsForLater?: boolean;
  waitMs?: number;
}

function addDelivery(tx: Transaction, event: string, endpoint: string, nowMs: number, plan: Plan = {}): void {
  const { waitMs = 0, ...traits } = plan;
  tx.put("delivery", {
    id: tx.newId("whd"),
    event,
    endpoint,
    status: "pending",
    attempts: [],
    nextAttemptAtMs: nowMs + waitMs,
    createdAtMs: nowMs,
    ...traits,
  });
}

/** Plans how an event reaches an endpoint: one delivery, or what the endpoint's chaos switch makes of it. */
export function planDeliveries(tx: Transaction, event: Stripe.Event, endpoint: string, nowMs: number): void {
  const chaos = tx.find("endpoint_chaos", endpoint);
  if (chaos === undefined) {
    addDelivery(tx, event.id, endpoint, nowMs);
    return;
  }
  const ordinal = chaos.counters.events;
  const counters = { ...chaos.counters, events: ordinal + 1 };
  const happens = (trouble: Trouble): boolean => {
    const does = meets(chaos, ordinal, trouble);
    if (does) counters[trouble] += 1;
    return does;
  };
  const dropsFirst = happens("drop");
  const isDelayed = happens("delay");
  // Who is delayed is out of order already; waiting for a later event on top would only hide the delay.
  const waitsForLater = !isDelayed && happens("reorder");
  addDelivery(tx, event.id, endpoint, nowMs, {
    ...(dropsFirst ? { dropsFirst } : {}),
    ...(waitsForLater ? { waitsForLater, waitMs: OVERTAKE_LIMIT_MS } : {}),
    ...(isDelayed ? { waitMs: delayOf(chaos, ordinal) } : {}),
  });
  if (happens("duplicate")) addDelivery(tx, event.id, endpoint, nowMs);
  if (happens("twin")) {
    const twin = tx.put("event", { ...event, id: tx.newId("evt"), pending_webhooks: 1 });
    addDelivery(tx, twin.id, endpoint, nowMs);
  }
  tx.put("endpoint_chaos", { ...chaos, counters });
}
