/**
 * Records events and decides which endpoints must hear of them.
 *
 * An event is a snapshot: the object as a caller would have seen it at that moment, unexpanded. Its deliveries are
 * records of the same transaction, so an event that is on disk is an event that will be sent.
 */
import type Stripe from "stripe";
import { nothingExpanded, present } from "../http/present";
import { idOf } from "../store/indexes";
import type { Transaction } from "../store/transaction";
import { planDeliveries } from "./chaos";

/** The pinned API version: the only one the sandbox speaks. */
export const apiVersion = "2026-10-28.endive";

interface Located {
  customer?: unknown;
  test_clock?: unknown;
  subscription?: unknown;
  object: string;
  id?: string;
}

function textOf(value: unknown): string | null {
  if (typeof value === "string") return value;
  if (typeof value === "object" && value !== null && "id" in value && typeof value.id === "string") return value.id;
  return null;
}

/** The test clock an object lives on, through itself or its customer; null for the default clock. */
export function clockOf(tx: Transaction, object: Located): string | null {
  if (object.object === "test_helpers.test_clock") return object.id ?? null;
  const own = textOf(object.test_clock);
  if (own !== null) return own;
  const customer = textOf(object.customer);
  if (customer !== null) {
    const record = tx.find("customer", customer);
    if (record !== undefined) return idOf(record.test_clock);
  }
  return tx.clock === "default" ? null : tx.clock;
}

function wants(endpoint: Stripe.WebhookEndpoint, type: string): boolean {
  return endpoint.status === "enabled" && endpoint.enabled_events.some((wanted) => wanted === "*" || wanted === type);
}

/** Stores the event and its pending deliveries: one per endpoint that wants it, or what its chaos switch says. */
export function recordEvent(
  tx: Transaction,
  realNowMs: number,
  type: Stripe.Event["type"],
  object: { id?: string; object: string },
  previousAttributes: Record<string, unknown> | undefined,
): void {
  const endpoints = tx.list("webhook_endpoint", (endpoint) => wants(endpoint, type)).reverse();
  const snapshot = present(tx, object, nothingExpanded);
  const event = {
    id: tx.newId("evt"),
    object: "event",
    api_version: apiVersion,
    created: tx.now(clockOf(tx, object)),
    data: {
      object: snapshot,
      ...(previousAttributes === undefined ? {} : { previous_attributes: previousAttributes }),
    },
    livemode: false,
    pending_webhooks: endpoints.length,
    request: { id: tx.origin?.requestId ?? null, idempotency_key: tx.origin?.idempotencyKey ?? null },
    type,
  };
  // The union of all event types pairs each type with its object; here both are only known at run time.
  const recorded = tx.put("event", event as unknown as Stripe.Event);
  for (const endpoint of endpoints) planDeliveries(tx, recorded, endpoint.id, realNowMs);
}
