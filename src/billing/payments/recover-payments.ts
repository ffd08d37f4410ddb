/**
 * Finishing what a crash left between the promise and its record: payments, refunds and changes of payment methods.
 *
 * However long ago it was: each kind looks at Stripe for what its first try has done, because Stripe forgets keys after a day.
 */
import type { BillingContext } from "../context";
import { BillingError } from "../kernel/errors";
import { listUnsettled } from "../operations";
import { getTenant } from "../tenants";
import { keepPromisedPayment, PAYMENT_OPERATION } from "./process-payment";
import { keepPromisedRefund, REFUND_OPERATION } from "./refund-payment";

const REASON = "Carried out again after an interruption";
/** Younger promises are most likely being kept at this moment. */
const GRACE_MS = 10 * 60_000;

const KEEP: Readonly<Record<string, typeof keepPromisedPayment>> = {
  [PAYMENT_OPERATION]: keepPromisedPayment,
  [REFUND_OPERATION]: keepPromisedRefund,
};

/** Carries out promises that are older than ten minutes, under their first keys. Returns how many were finished. */
export async function recoverPayments(ctx: BillingContext): Promise<number> {
  let finished = 0;
  for (const { tenantId, requestId, kind, id, createdAt } of await listUnsettled(ctx.db)) {
    const keep = KEEP[kind];
    if (keep === undefined) continue;
    const { stripeTestClockId } = await getTenant(ctx, tenantId);
    const ageMs = ctx.clock.now(stripeTestClockId).getTime() - createdAt.getTime();
    if (ageMs <= GRACE_MS) continue;
    try {
      await keep(ctx, { tenantId, requestId, reason: REASON });
      finished += 1;
    } catch (error) {
      // A refusal settles it; anything else is tried again the next time.
      if (!(error instanceof BillingError)) throw error;
      ctx.log.warn({ err: error, operation: id }, "An interrupted payment could not be finished");
    }
  }
  return finished;
}
