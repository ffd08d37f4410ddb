import type { MeterUsage, UsageView } from "@/billing/usage/model";
import { ComputedAt, PeriodText } from "@/ui/date-text";
import { Money, quantityText } from "@/ui/money";
import { MeterReading } from "../../../../../_components/meter-reading";

/** Every meter of the running month as the tenant sees it, with what its overage costs so far. */
export function UsageList({ usage, timeZone }: { usage: UsageView; timeZone: string }) {
  return (
    <div className="grid gap-5">
      {usage.meters.map((meter) => (
        <div key={meter.meterKey}>
          <div className="mb-1.5 flex flex-wrap items-baseline justify-between gap-x-4 text-sm">
            <span className="font-medium">{meter.displayName}</span>
            <span className="tabular">
              {quantityText(meter.usedQuantity)}
              <span className="text-quiet">{includedText(meter)}</span>
              {meter.overageMinor > 0n ? (
                <>
                  {" · "}
                  <Money amountMinor={meter.overageMinor} currency={usage.currency} />
                  {isPaidByUse(meter) ? null : " over"}
                </>
              ) : null}
            </span>
          </div>
          <MeterReading meter={meter} />
        </div>
      ))}
      <div className="flex flex-wrap justify-between gap-x-6 text-xs text-quiet">
        <PeriodText startAt={usage.periodStartAt} endAt={usage.periodEndAt} timeZone={timeZone} />
        <ComputedAt at={usage.computedAt} timeZone={timeZone} />
      </div>
    </div>
  );
}

/** Nothing is included and nothing is refused, so there is no limit to be over. */
function isPaidByUse({ includedQuantity, limit }: MeterUsage): boolean {
  return limit === "soft" && includedQuantity !== null && Number(includedQuantity) === 0;
}

function includedText(meter: MeterUsage): string {
  if (meter.includedQuantity === null) return ` ${meter.unitPlural}, no limit`;
  if (isPaidByUse(meter)) return ` ${meter.unitPlural}`;
  return ` of ${quantityText(meter.includedQuantity)} ${meter.unitPlural}`;
}
