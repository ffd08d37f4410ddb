/** Answers whether usage would be accepted, without recording any. */
import { getCatalog } from "../catalog";
import type { BillingContext } from "../context";
import { invariant } from "../kernel/errors";
import { getUsage } from "../usage";
import { findMeter, readQuantity } from "../usage/rules";
import type { QuotaCheck } from "./model";
import { decideQuota } from "./rules";

/**
 * Whether a quantity would be accepted now. A reading and no reservation: between this answer and the report others may
 * consume, and `recordUsage` alone decides. Throws `usage.unknown_type` and `usage.invalid_quantity`.
 */
export async function checkQuota(
  ctx: BillingContext,
  input: { tenantId: string; meterKey: string; quantity: string },
): Promise<QuotaCheck> {
  const view = await getUsage(ctx, input.tenantId);
  const meter = view.meters.find((entry) => entry.meterKey === input.meterKey);
  if (!meter) findMeter(await getCatalog(ctx), input.meterKey, null);
  invariant(meter, "a meter in force is in every view");
  const quantity = readQuantity(input.quantity, meter.aggregation);
  return { ...decideQuota(meter, quantity), resetsAt: view.periodEndAt };
}
