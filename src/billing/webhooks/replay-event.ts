/** Trying an event again by hand: the same code as for a new one, whatever became of it before. */
import type { BillingContext } from "../context";
import { BillingError } from "../kernel/errors";
import { requeueEvent } from "./store";

/**
 * Makes a stored event due again with all its tries; the next drain projects it. Harmless for one that was projected,
 * because a projection reads the present state. Throws `webhook.not_found`.
 */
export async function replayEvent(ctx: BillingContext, id: string): Promise<void> {
  if (await requeueEvent(ctx.db, id)) return;
  throw new BillingError("not_found", "webhook.not_found", "There is no such event.", { details: { id } });
}
