/**
 * Finishing what a crash left between the promise and its record: payments, refunds and changes of payment methods.
 *
 * However long ago it was: each kind looks at Stripe for what its first try has done, because Stripe forgets keys after a day.
 */
import type { BillingContext } from "../context";
import { BillingError } from "../kernel/errors";
import { listUnsettled, type UnsettledOperation } from "../operations";
import { getTenant } from "../tenants";
import { ACCOUNT_KINDS, keepPromisedAccount } from "./bank-accounts";
import { keepPromisedMethods, METHOD_KINDS } from "./payment-methods";
import { keepPromisedPayment, PAYMENT_OPERATION } from "./process-payment";
import { keepPromisedRefund, REFUND_OPERATION } from "./refund-payment";

const REASON = "Carried out again after an interruption";
/** Younger promises are most likely being kept at this moment. */
const GRACE_MS = 10 * 60_000;

/** Carries out promises that are older than ten minutes, under their first keys. Returns how many were finished. */
export async function recoverPayments(ctx: BillingContext): Promise<number> {
  let finished = 0;
  for (const operation of await listUnsettled(ctx.db)) {
    const keep = keeperOf(ctx, operation);
    if (keep === null) continue;
    const { stripeTestClockId } = await getTenant(ctx, operation.tenantId);
    if (ctx.clock.now(stripeTestClockId).getTime() - operation.createdAt.getTime() <= GRACE_MS) continue;
    try {
      await keep();
      finished += 1;
    } catch (error) {
      // A refusal settles it; anything else is tried again the next time.
      if (!(error instanceof BillingError)) throw error;
      ctx.log.warn({ err: error, operation: operation.id }, "An interrupted payment could not be finished");
    }
  }
  return finished;
}

/** Who keeps a promise; null for kinds of other slices. */
function keeperOf(ctx: BillingContext, operation: UnsettledOperation): (() => Promise<void>) | null {
  const { tenantId, requestId, kind, createdAt } = operation;
  const promise = { tenantId, requestId, reason: REASON };
  if (kind === PAYMENT_OPERATION) return () => keepPromisedPayment(ctx, promise);
  if (kind === REFUND_OPERATION) return () => keepPromisedRefund(ctx, promise);
  const ofMethod = METHOD_KINDS.find((known) => known === kind);
  if (ofMethod !== undefined) return () => keepPromisedMethods(ctx, { ...promise, kind: ofMethod, createdAt });
  const ofAccount = ACCOUNT_KINDS.find((known) => known === kind);
  return ofAccount === undefined ? null : () => keepPromisedAccount(ctx, { ...promise, kind: ofAccount });
}
