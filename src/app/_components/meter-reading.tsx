import type { MeterUsage } from "@/billing/usage/model";
import { MeterBar } from "@/ui/meter-bar";
import { quantityText } from "@/ui/money";

/** "145 of 100 jobs, 45 over the included quantity": the whole reading in one sentence. */
export function readingText(meter: MeterUsage): string {
  const used = quantityText(meter.usedQuantity);
  if (meter.includedQuantity === null) return `${used} ${meter.unitPlural}, without limit`;
  const included = Number(meter.includedQuantity);
  if (included === 0) return `${used} ${meter.unitPlural}, each charged`;
  const share = included > 0 ? `, ${Math.round((Number(meter.usedQuantity) / included) * 100)}%` : "";
  const over =
    Number(meter.overageQuantity) > 0 ? `, ${quantityText(meter.overageQuantity)} over the included quantity` : "";
  return `${used} of ${quantityText(meter.includedQuantity)} ${meter.unitPlural}${share}${over}`;
}

/** The bar of one meter. */
export function MeterReading({ meter }: { meter: MeterUsage }) {
  return (
    <MeterBar
      label={meter.displayName}
      valueText={readingText(meter)}
      used={Number(meter.usedQuantity)}
      included={meter.includedQuantity === null ? null : Number(meter.includedQuantity)}
      hard={meter.limit === "hard"}
    />
  );
}

/** How near a meter is to its limit, for putting the nearest first; no limit sorts last. */
export function nearness(meter: MeterUsage): number {
  if (meter.includedQuantity === null) return -1;
  const included = Number(meter.includedQuantity);
  const used = Number(meter.usedQuantity);
  if (included === 0) return used > 0 ? 1 : -0.5;
  return used / included;
}
