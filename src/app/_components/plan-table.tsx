import type { AppliedCatalog, PlanVersion } from "@/billing/catalog/model";
import type { BillingInterval } from "@/billing/subscriptions/model";
import { beyondText, includedText, priceText, usersText } from "./plan-facts";

interface Row {
  name: string;
  cell: (plan: PlanVersion) => { text: string; note?: string | null };
}

/** Every plan against every term, as a real table; scrolls in a region of its own when it is too wide. */
export function PlanTable({ catalog, interval }: { catalog: AppliedCatalog; interval: BillingInterval }) {
  const featureNames = [
    ...new Set(catalog.plans.flatMap((plan) => plan.terms.features.map((feature) => feature.label))),
  ];
  const rows: Row[] = [
    {
      name: interval === "year" ? "Price, paid by the year" : "Price",
      cell: (plan) => ({ text: priceText(plan, interval) }),
    },
    { name: "People", cell: (plan) => ({ text: usersText(plan.terms.maxUsers) }) },
    ...catalog.meters.map(
      (meter): Row => ({
        name: meter.displayName,
        cell: (plan) => {
          const allowance = plan.terms.allowances.find((candidate) => candidate.meter === meter.key);
          if (!allowance) return { text: "Not included" };
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
            : "Not included",
        }),
      }),
    ),
    { name: "Support", cell: (plan) => ({ text: plan.terms.support || "None" }) },
  ];
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
    <section aria-label="Plans compared" tabIndex={0} className="overflow-x-auto">
      <table className="w-full min-w-160 table-fixed border-collapse text-sm">
        <caption className="sr-only">What each plan includes and what more costs</caption>
        <thead>
          <tr className="border-b border-ink/70">
            <td className="w-1/5" />
            {catalog.plans.map((plan) => (
              <th key={plan.id} scope="col" className="px-4 py-2 text-left font-semibold">
                {plan.name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.name} className="border-b border-rule align-top">
              <th scope="row" className="py-3 pr-4 text-left font-normal text-quiet">
                {row.name}
              </th>
              {catalog.plans.map((plan) => {
                const { text, note } = row.cell(plan);
                return (
                  <td key={plan.id} className={`tabular px-4 py-3 ${text === "Not included" ? "text-quiet" : ""}`}>
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
