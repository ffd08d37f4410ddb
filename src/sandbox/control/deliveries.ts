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
