/**
 * Idempotency keys for calls to Stripe: built from something stored before the call, never random.
 *
 * A retry after a crash must carry the key of the first try, so a key is the id of a stored operation (or the name of an
 * immutable thing) and the step. Refuses empty parts and keys beyond Stripe's 255 characters.
 */
import { invariant } from "@/billing/kernel/errors";
import type { CallKey } from "./gateway";

const LENGTH_LIMIT = 255;

/** The key of one step, for example callKey("op_1", "item", 2) = "op_1:item:2". Throws `invariant` on an empty part. */
export function callKey(root: string, ...steps: Array<string | number>): CallKey {
  const parts = [root, ...steps.map(String)];
  invariant(
    parts.every((part) => part.trim() !== ""),
    "an idempotency key has an empty part",
  );
  const key = parts.join(":");
  invariant(key.length <= LENGTH_LIMIT, `an idempotency key is longer than ${LENGTH_LIMIT} characters`);
  return key;
}
