import type { ReactNode } from "react";
import type { AppliedCatalog, PlanVersion } from "@/billing/catalog/model";
import type { BillingInterval } from "@/billing/subscriptions/model";
import { Money, moneyText } from "@/ui/money";
import { annualSaving, beyondText, includedText, meterOf, perMonthOf, priceOf, usersText } from "./plan-facts";
import { seatText, trialText } from "./seat-words";

/** On wide screens up to five plans stand in one row; more of them wrap, so that no column gets too narrow to read. */
const WIDE = {
  row: {
    columns: null,
    sheet: "xl:grid-flow-col xl:auto-cols-fr xl:grid-cols-none xl:grid-rows-[auto_auto_auto_1fr]",
    plan: "",
  },
  threes: {
    columns: 3,
    sheet: "xl:grid-cols-3",
    plan: "xl:nth-[3n+1]:border-l-0 xl:nth-[n+4]:border-t",
  },
  fours: {
    columns: 4,
    sheet: "xl:grid-cols-4",
    plan: "xl:nth-[4n+1]:border-l-0 xl:nth-[n+5]:border-t",
  },
} as const;

function layoutOf(count: number): keyof typeof WIDE {
  if (count <= 5) return "row";
  return count <= 6 || count === 9 ? "threes" : "fours";
}

/** The plans as columns of one sheet, divided by hairlines; the current one stands on a tinted ground. */
export function PlanColumns({
  catalog,
  interval,
  action,
  currentPlanKey = null,
  start = "today",
}: {
  catalog: AppliedCatalog;
  interval: BillingInterval;
  action: (plan: PlanVersion) => ReactNode;
  currentPlanKey?: string | null;
  /** How the reader would begin: with a trial where there is one, paying today, or changing from a plan that is paid. */
  start?: "trial" | "today" | "change";
}) {
  const sheet = WIDE[layoutOf(catalog.plans.length)];
  const priceSize = priceSizeOf(sheet.columns ?? catalog.plans.length, hasLongPrice(catalog.plans, interval));
  return (
    <ul className={`grid border-y border-rule sm:grid-cols-2 ${sheet.sheet}`}>
      {catalog.plans.map((plan) => {
        const isCurrent = plan.planKey === currentPlanKey;
        return (
          <li
            key={plan.id}
            className={`flex flex-col gap-5 border-rule px-5 py-6 ${sheet.plan} xl:row-span-4 xl:grid xl:grid-cols-[minmax(0,1fr)] xl:grid-rows-subgrid not-first:border-t sm:not-first:border-t-0 sm:border-l sm:first:border-l-0 sm:max-xl:nth-[n+3]:border-t sm:max-xl:odd:border-l-0 ${isCurrent ? "bg-accent-wash" : ""}`}
          >
            <div>
              <div className="flex flex-wrap items-baseline justify-between gap-x-2">
                <h2 className="min-w-0 font-serif text-xl font-medium break-words hyphens-auto">{plan.name}</h2>
                {isCurrent ? <span className="text-xs font-medium whitespace-nowrap text-accent">Current</span> : null}
              </div>
              <p className="mt-1 text-sm text-quiet sm:min-h-10">{plan.terms.tagline}</p>
            </div>
            <PlanPrice plan={plan} interval={interval} size={priceSize} start={start} />
            <div>{action(plan)}</div>
            <ul className="grid content-start gap-2 text-sm">
              <li>{seatText(plan, interval) ?? usersText(plan.terms.maxUsers)}</li>
              {plan.terms.allowances.map((allowance) => {
                const meter = meterOf(catalog, allowance.meter);
                if (!meter) return null;
                const beyond = beyondText(allowance, meter, plan.currency);
                return (
                  <li key={allowance.meter}>
                    {includedText(allowance, meter)}
                    {beyond ? <span className="block text-quiet">{beyond}</span> : null}
                  </li>
                );
              })}
              {plan.terms.features
                .filter((feature) => feature.included)
                .map((feature) => (
                  <li key={feature.label}>{feature.label}</li>
                ))}
              {plan.terms.support ? <li>{plan.terms.support} support</li> : null}
            </ul>
          </li>
        );
      })}
    </ul>
  );
}

/** All amounts of a sheet have one size: the largest at which the longest fits into its column. */
function priceSizeOf(columns: number, hasLong: boolean): string {
  if (columns > 4) return hasLong ? "text-xl" : "text-2xl";
  return columns === 4 && hasLong ? "text-2xl" : "text-3xl";
}

function hasLongPrice(plans: PlanVersion[], interval: BillingInterval): boolean {
  return plans.some((plan) => moneyText(shownPrice(plan, interval) ?? 0n, plan.currency).length > 9);
}

function shownPrice(plan: PlanVersion, interval: BillingInterval): bigint | null {
  const price = priceOf(plan, interval);
  return price !== null && interval === "year" ? perMonthOf(price) : price;
}

function PlanPrice({
  plan,
  interval,
  size,
  start,
}: {
  plan: PlanVersion;
  interval: BillingInterval;
  size: string;
  start: "trial" | "today" | "change";
}) {
  const price = priceOf(plan, interval);
  if (price === null) {
    return (
      <div className="sm:min-h-20">
        <p className="font-serif text-2xl">Agreed with you</p>
        <p className="text-sm text-quiet">Terms and volume by contract</p>
      </div>
    );
  }
  const saving = annualSaving(plan);
  const trial = start === "trial" ? trialText(plan) : null;
  return (
    <div className="sm:min-h-20">
      <p>
        <Money
          amountMinor={shownPrice(plan, interval) ?? price}
          currency={plan.currency}
          className={`font-serif ${size}`}
        />{" "}
        <span className="text-sm whitespace-nowrap text-quiet">a month</span>
      </p>
      <p className="mt-1 text-sm text-quiet">
        {interval === "year" && price > 0n ? (
          <>
            {trial ? <span className="block">{trial}</span> : null}
            <Money amountMinor={price} currency={plan.currency} />{" "}
            {trial ? "then for the year" : start === "change" ? "for the year" : "today for the year"}
            {saving ? (
              <span className="block">
                saves <Money amountMinor={saving.amountMinor} currency={plan.currency} /> ({saving.percent}%)
              </span>
            ) : null}
          </>
        ) : price > 0n ? (
          (trial ?? "billed monthly")
        ) : (
          "no card needed"
        )}
      </p>
    </div>
  );
}
