/** Keeping a promise that somebody was shown. */
import type { BillingContext } from "../context";
import type { CommitInput, SubscriptionChanged } from "./model";
import { perform } from "./perform";

/**
 * Carries a quote out: it charges exactly what the quote said, or fails and changes nothing. Throws `quote.not_found` for a
 * quote that is not this tenant's or is spent, and `quote.stale` with a fresh quote's id in `details.quoteId`.
 */
export function commitQuote(
  ctx: BillingContext,
  input: CommitInput & { quoteId: string },
): Promise<SubscriptionChanged> {
  return perform(ctx, null, input);
}
