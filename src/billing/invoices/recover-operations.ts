/**
 * Finishing what a crash left in the middle.
 *
 * A charge that was written but never reached its invoice counts as billed, so nobody would miss it. Owns the second try of
 * promises that carry all they need in themselves: changes of subscriptions, promotions, renewals, months, requested
 * invoices and their payment.
 */
import { INSTALLATION } from "../audit";
import type { BillingContext } from "../context";
import { BillingError } from "../kernel/errors";
import { listUnsettled, type UnsettledOperation } from "../operations";
import {
  keepInterruptedPromise,
  keepInterruptedPromotion,
  PROMOTION_OPERATION,
  SUBSCRIPTION_OPERATION,
} from "../subscriptions";
import { getTenant } from "../tenants";
import { billPromisedPeriod } from "./bill-ended-periods";
import { billRenewalDraft } from "./bill-renewal";
import { generateInvoice } from "./generate-invoice";
import { keepPromisedPay } from "./pay-invoice";

/** Younger promises are most likely being kept at this moment. */
const GRACE_MS = 10 * 60_000;
const REASON = "Carried out again after an interruption";

/** What keeps the promises of one kind. */
export type Keep = (ctx: BillingContext, promise: { tenantId: string; requestId: string }) => Promise<unknown>;

/**
 * Carries out promises that are older than ten minutes. Returns how many were finished. Kinds of slices that this one may not
 * know come as `more`.
 */
export async function recoverOperations(
  ctx: BillingContext,
  more: Readonly<Record<string, Keep>> = {},
): Promise<number> {
  let finished = 0;
  for (const operation of await listUnsettled(ctx.db)) {
    if (!(await isAbandoned(ctx, operation))) continue;
    try {
      if (await carryOutAgain(ctx, operation, more)) finished += 1;
    } catch (error) {
      // A refusal settles it; anything else is tried again the next time.
      if (!(error instanceof BillingError)) throw error;
      ctx.log.warn({ err: error, operation: operation.id }, "An interrupted operation could not be finished");
    }
  }
  return finished;
}

async function isAbandoned(ctx: BillingContext, operation: UnsettledOperation): Promise<boolean> {
  const { tenantId } = operation;
  const clockId = tenantId === INSTALLATION ? null : (await getTenant(ctx, tenantId)).stripeTestClockId;
  return ctx.clock.now(clockId).getTime() - operation.createdAt.getTime() > GRACE_MS;
}

async function carryOutAgain(
  ctx: BillingContext,
  operation: UnsettledOperation,
  more: Readonly<Record<string, Keep>>,
): Promise<boolean> {
  const { tenantId, requestId, kind } = operation;
  switch (kind) {
    case SUBSCRIPTION_OPERATION:
      await keepInterruptedPromise(ctx, { tenantId, requestId });
      return true;
    case PROMOTION_OPERATION:
      await keepInterruptedPromotion(ctx, { requestId, reason: REASON });
      return true;
    case "invoice.generate":
      await generateInvoice(ctx, { tenantId, requestId, reason: REASON });
      return true;
    case "invoice.pay":
      await keepPromisedPay(ctx, { tenantId, requestId, reason: REASON, createdAt: operation.createdAt });
      return true;
    case "invoice.period":
      await billPromisedPeriod(ctx, tenantId, requestId);
      return true;
    case "invoice.renewal": {
      const { stripeTestClockId } = await getTenant(ctx, tenantId);
      const sourceAt = ctx.clock.now(stripeTestClockId);
      const cause = { actor: ctx.actor, reason: REASON, sourceAt };
      await billRenewalDraft(ctx, requestId.replace(/^renewal:/, ""), cause);
      return true;
    }
    default: {
      const keep = more[kind];
      await keep?.(ctx, { tenantId, requestId });
      return keep !== undefined;
    }
  }
}
