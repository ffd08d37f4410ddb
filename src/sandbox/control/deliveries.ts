/** What of the webhooks is still on its way. */
import type { Delivery } from "../store/transaction";
import { BadControlRequest, type ControlContext, type ControlRequest } from "./control";

const statuses = ["pending", "delivered", "failed"] as const;

/** Deliveries of one status, or the newest hundred of all. */
export function deliveryList(context: ControlContext, request: ControlRequest): { data: Delivery[] } {
  const status = request.query.get("status");
  if (status !== null) {
    if (!statuses.some((known) => known === status)) {
      throw new BadControlRequest(`"status" must be one of ${statuses.join(", ")}.`);
    }
    return { data: context.store.listBy("delivery", "status", status).slice(0, 1_000) };
  }
  const data: Delivery[] = [];
  for (const delivery of context.store.records("delivery")) {
    data.push(delivery);
    if (data.length === 100) break;
  }
  return { data };
}

/** Whether anything waits: lets a caller wait for quiet without guessing how long. */
export function idleState(context: ControlContext): { pendingDeliveries: number; nextAttemptAtMs: number | null } {
  const pending = context.store.listBy("delivery", "status", "pending");
  const nextAttemptAtMs = pending.reduce<number | null>(
    (earliest, one) => (earliest === null || one.nextAttemptAtMs < earliest ? one.nextAttemptAtMs : earliest),
    null,
  );
  return { pendingDeliveries: pending.length, nextAttemptAtMs };
}

/** One delivery with its whole log, and the event as it would be sent now. */
export function deliveryDetail(context: ControlContext, request: ControlRequest): Delivery & { payload: unknown } {
  const { store } = context;
  const delivery = store.transaction((tx) => tx.get("delivery", request.id));
  return { ...delivery, payload: store.find("event", delivery.event) ?? null };
}

/** Sends a delivery's event once more to the same endpoint, with the same event id, whatever came of it before. */
export function replayDelivery(context: ControlContext, request: ControlRequest): Delivery {
  const { store } = context;
  const nowMs = store.realNowMs();
  return store.transaction((tx) => {
    const { id, event: eventId, endpoint } = tx.get("delivery", request.id);
    tx.get("webhook_endpoint", endpoint);
    tx.get("event", eventId);
    return tx.put("delivery", {
      id: tx.newId("whd"),
      event: eventId,
      endpoint,
      status: "pending",
      attempts: [],
      nextAttemptAtMs: nowMs,
      createdAtMs: nowMs,
      replayOf: id,
    });
  });
}
