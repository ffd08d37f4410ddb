import type { ReactNode } from "react";
import type { AppliedCatalog, PlanVersion } from "@/billing/catalog/model";
import type { BillingInterval } from "@/billing/subscriptions/model";
import { Money } from "@/ui/money";
import { annualSaving, beyondText, includedText, meterOf, perMonthOf, priceOf, usersText } from "./plan-facts";
import { seatText, trialText } from "./seat-words";

/** The plans as columns of one sheet, divided by hairlines; the current one stands on a tinted ground. */
export function PlanColumns({
  catalog,
  interval,
  action,
  currentPlanKey = null,
}: {
  catalog: AppliedCatalog;
  interval: BillingInterval;
  action: (plan: PlanVersion) => ReactNode;
  currentPlanKey?: string | null;
}) {
  return (
    <ul className="grid border-y border-rule sm:grid-cols-2 xl:grid-flow-col xl:auto-cols-fr xl:grid-cols-none xl:grid-rows-[auto_auto_auto_1fr]">
      {catalog.plans.map((plan) => {
        const isCurrent = plan.planKey === currentPlanKey;
        return (
          <li
            key={plan.id}
            className={`flex flex-col gap-5 border-rule px-5 py-6 xl:row-span-4 xl:grid xl:grid-cols-[minmax(0,1fr)] xl:grid-rows-subgrid not-first:border-t sm:not-first:border-t-0 sm:border-l sm:first:border-l-0 sm:max-xl:nth-[n+3]:border-t sm:max-xl:odd:border-l-0 ${isCurrent ? "bg-accent-wash" : ""}`}
          >
            <div>
              <div className="flex items-baseline justify-between gap-2">
                <h2 className="min-w-0 font-serif text-xl font-medium break-words">{plan.name}</h2>
                {isCurrent ? <span className="text-xs font-medium whitespace-nowrap text-accent">Current</span> : null}
              </div>
              <p className="mt-1 min-h-10 text-sm text-quiet">{plan.terms.tagline}</p>
            </div>
            <PlanPrice plan={plan} interval={interval} isNarrow={catalog.plans.length > 4} />
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

/** `isNarrow`: many plans share the width, so the amount is set smaller. */
function PlanPrice({ plan, interval, isNarrow }: { plan: PlanVersion; interval: BillingInterval; isNarrow: boolean }) {
  const price = priceOf(plan, interval);
  if (price === null) {
    return (
      <div className="min-h-20">
        <p className="font-serif text-2xl">Agreed with you</p>
        <p className="text-sm text-quiet">Terms and volume by contract</p>
      </div>
    );
  }
  const saving = annualSaving(plan);
  const shown = interval === "year" ? perMonthOf(price) : price;
  return (
    <div className="min-h-20">
      <p>
        <Money
          amountMinor={shown}
          currency={plan.currency}
          className={`font-serif ${isNarrow ? "text-2xl" : "text-3xl"}`}
        />{" "}
        <span className="text-sm whitespace-nowrap text-quiet">a month</span>
      </p>
      <p className="mt-1 text-sm text-quiet">
        {interval === "year" && price > 0n ? (
          <>
            <Money amountMinor={price} currency={plan.currency} /> today for the year
            {trialText(plan) ? <span className="block">{trialText(plan)}</span> : null}
            {saving ? (
              <span className="block">
                saves <Money amountMinor={saving.amountMinor} currency={plan.currency} /> ({saving.percent}%)
              </span>
            ) : null}
          </>
        ) : price > 0n ? (
          (trialText(plan) ?? "billed monthly")
        ) : (
          "no card needed"
        )}
      </p>
    </div>
  );
}
