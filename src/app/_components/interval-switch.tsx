import Link from "next/link";
import type { PlanVersion } from "@/billing/catalog/model";
import type { BillingInterval } from "@/billing/subscriptions/model";
import { savingText } from "./plan-facts";

/** Monthly or annual, kept in the address so that it survives reloading and sharing. */
export function IntervalSwitch({
  interval,
  path,
  plans,
  explicit = false,
}: {
  interval: BillingInterval;
  path: string;
  plans: PlanVersion[];
  /** Monthly is written into the address too, where the page's own default may be annual. */
  explicit?: boolean;
}) {
  const saving = savingText(plans);
  const choices = [
    { value: "month", text: "Monthly", href: explicit ? `${path}?interval=month` : path },
    { value: "year", text: "Annual", href: `${path}?interval=year` },
  ] as const;
  return (
    <nav aria-label="Billing interval" className="inline-flex rounded-md border border-edge p-0.5 text-sm">
      {choices.map((choice) => (
        <Link
          key={choice.value}
          href={choice.href}
          replace
          scroll={false}
          aria-current={interval === choice.value ? "true" : undefined}
          className="rounded-sm px-4 py-1.5 text-quiet hover:text-ink aria-[current]:bg-ink aria-[current]:text-paper forced-colors:aria-[current]:underline"
        >
          {choice.text}
          {choice.value === "year" && saving ? <span> · {saving}</span> : null}
        </Link>
      ))}
    </nav>
  );
}
