import type { AppliedCatalog, PlanVersion } from "@/billing/catalog/model";
import type { BillingInterval } from "@/billing/subscriptions/model";
import { beyondText, includedText, priceText, usersText } from "./plan-facts";
import { seatText, trialText } from "./seat-words";

interface Cell {
  text: string;
  note?: string | null;
}

interface Row {
  name: string;
  cell: (plan: PlanVersion) => Cell;
}

const NOT_INCLUDED = "Not included";

/**
 * Every plan against every term, as a real table. It scrolls in a region of its own, in which the plans' names stay above
 * and the terms' names on the left, so that a cell can be read on a phone too.
 */
export function PlanTable({
  catalog,
  interval,
  currentPlanKey = null,
  withTrials = true,
}: {
  catalog: AppliedCatalog;
  interval: BillingInterval;
  currentPlanKey?: string | null;
  /** False for a reader who can no longer begin with one. */
  withTrials?: boolean;
}) {
  const { plans } = catalog;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
    <section aria-label="Plans compared" tabIndex={0} className="max-h-[85dvh] overflow-auto">
      <table className="w-full border-separate border-spacing-0 text-sm">
        <caption className="sr-only">What each plan includes and what more costs</caption>
        <thead>
          <tr>
            <td className="sticky top-0 left-0 z-20 min-w-28 border-b border-ink/70 bg-paper" />
            {plans.map((plan) => (
              <th
                key={plan.id}
                scope="col"
                className="sticky top-0 z-10 min-w-36 border-b border-ink/70 bg-paper px-3 py-2 text-left align-bottom font-semibold sm:px-4"
              >
                {plan.name}
                {plan.planKey === currentPlanKey ? (
                  <span className="block text-xs font-medium text-accent">Current</span>
                ) : null}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rowsOf(catalog, interval, withTrials).map((row) => (
            <tr key={row.name} className="align-top">
              <th
                scope="row"
                className="sticky left-0 z-10 max-w-32 border-b border-rule bg-paper py-3 pr-3 text-left font-normal break-words text-quiet sm:max-w-none sm:pr-4"
              >
                {row.name}
              </th>
              {plans.map((plan) => {
                const { text, note } = row.cell(plan);
                return (
                  <td
                    key={plan.id}
                    className={`tabular border-b border-rule px-3 py-3 sm:px-4 ${text === NOT_INCLUDED ? "text-quiet" : ""} ${plan.planKey === currentPlanKey ? "bg-accent-wash" : ""}`}
                  >
                    {text}
                    {note ? <span className="block text-quiet">{note}</span> : null}
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function rowsOf(catalog: AppliedCatalog, interval: BillingInterval, withTrials: boolean): Row[] {
  const { plans } = catalog;
  const featureNames = [...new Set(plans.flatMap((plan) => plan.terms.features.map((feature) => feature.label)))];
  const bySeat = plans.some((plan) => plan.terms.seats !== null);
  const hasTrial = withTrials && plans.some((plan) => plan.terms.trial !== null);
  return [
    { name: "Price by the month", cell: (plan) => ({ text: priceText(plan, "month") }) },
    { name: "Price by the year", cell: (plan) => ({ text: priceText(plan, "year") }) },
    ...(hasTrial ? [{ name: "Trial", cell: (plan: PlanVersion): Cell => ({ text: trialText(plan) ?? "None" }) }] : []),
    ...(bySeat
      ? [
          {
            name: "Seats",
            cell: (plan: PlanVersion): Cell => ({ text: seatText(plan, interval) ?? "Not by the seat" }),
          },
        ]
      : []),
    { name: "People", cell: (plan) => ({ text: usersText(plan.terms.maxUsers) }) },
    ...catalog.meters.map(
      (meter): Row => ({
        name: meter.displayName,
        cell: (plan) => {
          const allowance = plan.terms.allowances.find((candidate) => candidate.meter === meter.key);
          if (!allowance) return { text: NOT_INCLUDED };
          return { text: includedText(allowance, meter), note: beyondText(allowance, meter, plan.currency) };
        },
      }),
    ),
    ...featureNames.map(
      (name): Row => ({
        name,
        cell: (plan) => ({
          text: plan.terms.features.some((feature) => feature.label === name && feature.included)
            ? "Included"
            : NOT_INCLUDED,
        }),
      }),
    ),
    { name: "Support", cell: (plan) => ({ text: plan.terms.support || "None" }) },
  ];
}
