/** Whether a quantity would be accepted by a meter as it stands. Pure. */
import { Decimal, decimal } from "../kernel/decimal";
import { accumulate } from "../pricing";
import type { MeterUsage } from "../usage/model";
import type { QuotaCheck } from "./model";

/** Holds a quantity against a meter: only a hard limit refuses; beyond a soft one it costs. */
export function decideQuota(meter: MeterUsage, quantity: Decimal): Omit<QuotaCheck, "resetsAt"> {
  const used = decimal(meter.usedQuantity);
  const included = meter.includedQuantity === null ? null : decimal(meter.includedQuantity);
  // A high-water mark of an earlier plan does not refuse a report that itself fits.
  const reached = meter.aggregation === "max" ? quantity : accumulate(meter.aggregation, used, quantity);
  return {
    meterKey: meter.meterKey,
    allowed: meter.limit === "soft" || included === null || reached.lessThanOrEqualTo(included),
    used: meter.usedQuantity,
    included: meter.includedQuantity,
    remaining: included === null ? null : Decimal.max(0, included.minus(used)).toFixed(),
  };
}
