"use client";
import type { MeterUsage, UsageView } from "@/billing/usage/model";
import { failureOf, trpc } from "@/trpc/client";
import { ComputedAt, DateText, PeriodText } from "@/ui/date-text";
import { Money, quantityText, UnitPrice } from "@/ui/money";
import { ErrorState } from "@/ui/states";
import { MeterReading } from "../../../../../_components/meter-reading";
import { overageSteps } from "../../../../../_components/overage-text";

const ASK_EVERY_MS = 15_000;

/** The meters of a period, kept fresh while the page is looked at; old numbers are dimmed while new ones come. */
export function MeterList({
  tenant,
  timeZone,
  periodStartAt,
  initial,
}: {
  tenant: string;
  timeZone: string;
  periodStartAt: Date | null;
  initial: UsageView;
}) {
  const query = trpc.usage.period.useQuery(periodStartAt ? { tenant, periodStartAt } : { tenant }, {
    initialData: initial,
    staleTime: ASK_EVERY_MS,
    refetchInterval: periodStartAt ? false : ASK_EVERY_MS,
  });
  const usage = query.data;
  return (
    <section aria-label="Meters" aria-busy={query.isFetching}>
      <div className="mb-2 flex flex-wrap items-baseline justify-between gap-x-6 gap-y-1 text-sm">
        <span>
          <PeriodText startAt={usage.periodStartAt} endAt={usage.periodEndAt} timeZone={timeZone} />
          <span className="text-quiet"> on {usage.planName}</span>
        </span>
        <ComputedAt at={usage.computedAt} timeZone={timeZone} />
      </div>
      <ul className="border-t border-ink/70">
        {usage.meters.map((meter) => (
          <li key={meter.meterKey} className="border-b border-rule py-6">
            <MeterRow meter={meter} currency={usage.currency} resetsAt={usage.periodEndAt} timeZone={timeZone} />
          </li>
        ))}
      </ul>
      <p className="flex justify-between gap-6 pt-4 font-semibold">
        <span>Overage so far, before tax</span>
        <Money amountMinor={usage.overageMinor} currency={usage.currency} className="text-lg" />
      </p>
      {query.error ? (
        <div className="mt-4">
          <ErrorState title="The numbers above may be old" {...failureOf(query.error)} />
        </div>
      ) : null}
    </section>
  );
}

interface MeterProps {
  meter: MeterUsage;
  currency: string;
  resetsAt: Date;
  timeZone: string;
}

function MeterRow({ meter, currency, resetsAt, timeZone }: MeterProps) {
  return (
    <article aria-label={meter.displayName}>
      <div className="mb-3 flex flex-wrap items-end justify-between gap-x-8 gap-y-2">
        <div>
          <h2 className="text-base font-semibold">{meter.displayName}</h2>
          <p className="mt-1">
            <span className="tabular font-serif text-3xl">{quantityText(meter.usedQuantity)}</span>
            <span className="text-sm text-quiet"> {meter.unitPlural} used</span>
          </p>
        </div>
        <LimitBadge meter={meter} />
      </div>
      <MeterReading meter={meter} />
      <MeterFacts meter={meter} currency={currency} resetsAt={resetsAt} timeZone={timeZone} />
      {meter.aggregation === "max" ? (
        <p className="mt-3 text-xs text-quiet">Measured as the highest value of the period.</p>
      ) : meter.aggregation === "unique" ? (
        <p className="mt-3 text-xs text-quiet">Each different one counts once in the period.</p>
      ) : null}
      {Number(meter.carriedQuantity) > 0 ? (
        <p className="mt-3 text-xs text-quiet">
          {quantityText(meter.carriedQuantity)} of it earlier this month, on the free plan: its month is counted once.
        </p>
      ) : null}
    </article>
  );
}

function MeterFacts({ meter, currency, resetsAt, timeZone }: MeterProps) {
  return (
    <dl className="mt-4 grid grid-cols-2 gap-x-6 gap-y-3 text-sm sm:grid-cols-3 lg:grid-cols-5">
      <Fact
        name="Included"
        value={
          meter.includedQuantity === null
            ? "Unlimited"
            : Number(meter.includedQuantity) === 0
              ? "None"
              : `${quantityText(meter.includedQuantity)} ${meter.unitPlural}`
        }
      />
      <Fact {...remainderOf(meter)} />
      <Fact
        name="Price beyond"
        value={
          meter.overage === null ? (
            meter.limit === "hard" ? (
              "Not sold"
            ) : (
              "No charge"
            )
          ) : meter.overage.model === "per_unit" ? (
            <UnitPrice unitPrice={meter.overage.unitPrice} currency={currency} unit={meter.unit} />
          ) : (
            overageSteps(meter.overage, meter, currency).map((step) => (
              <span key={step} className="block" translate="no">
                {step}
              </span>
            ))
          )
        }
      />
      <Fact
        name="Cost so far"
        value={
          <>
            <Money amountMinor={meter.overageMinor} currency={currency} className="font-medium" />
            {meter.billedMinor > 0n ? (
              <span className="block text-xs text-quiet">
                <Money amountMinor={meter.billedMinor} currency={currency} /> invoiced already
              </span>
            ) : null}
          </>
        }
      />
      <Fact name="Resets on" value={<DateText at={resetsAt} timeZone={timeZone} style="short" />} />
    </dl>
  );
}

function remainderOf(meter: MeterUsage): { name: string; value: string } {
  if (Number(meter.overageQuantity) > 0) {
    return {
      name: Number(meter.includedQuantity) === 0 ? "Charged" : "Overage",
      value: `${quantityText(meter.overageQuantity)} ${meter.unitPlural}`,
    };
  }
  if (meter.includedQuantity === null) return { name: "Remaining", value: "Unlimited" };
  // Shown only; what is charged is computed on the server with exact decimals.
  const remaining = Math.max(0, Number(meter.includedQuantity) - Number(meter.usedQuantity));
  return { name: "Remaining", value: `${quantityText(String(Number(remaining.toPrecision(12))))} ${meter.unitPlural}` };
}

function LimitBadge({ meter }: { meter: MeterUsage }) {
  if (meter.includedQuantity === null) return null;
  const included = Number(meter.includedQuantity);
  const used = Number(meter.usedQuantity);
  if (meter.limit === "hard" && used >= included) {
    return <span className="text-sm font-medium text-loss">▲ Limit reached: new usage is refused</span>;
  }
  if (Number(meter.overageQuantity) > 0 && included > 0) {
    return <span className="text-sm font-medium text-risk">▲ Beyond the included quantity: billed</span>;
  }
  if (included > 0 && used >= included * 0.8) {
    return <span className="text-sm font-medium text-risk">▲ {Math.round((used / included) * 100)}% used</span>;
  }
  return null;
}

function Fact({ name, value }: { name: string; value: React.ReactNode }) {
  return (
    <div>
      <dt className="text-xs text-quiet">{name}</dt>
      <dd className="tabular">{value}</dd>
    </div>
  );
}
