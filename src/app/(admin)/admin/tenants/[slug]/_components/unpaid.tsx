import Link from "next/link";
import type { DunningStage, DunningStanding } from "@/billing/dunning/model";
import type { Tenant } from "@/billing/tenants/model";
import { DateText } from "@/ui/date-text";
import { Money } from "@/ui/money";
import { Facts, Section } from "@/ui/page-header";

const STAGES: Record<DunningStage, string> = {
  first_notice: "First notice written",
  reminded: "Reminded",
  last_notice: "Last notice written",
  lapsed: "Grace is over",
  recovered: "Paid",
  stopped: "Stopped by an operator",
};

import { InvoiceLink } from "../../../_components/links";

/** The open case of a tenant whose invoice is not paid, and where it is worked on. */
export function Unpaid({ standing, tenant }: { standing: DunningStanding; tenant: Tenant }) {
  const { timeZone, slug } = tenant;
  const { invoiceNumber, amountDueMinor, currency, stage, endsPlan, planName, graceEndsAt } = standing;
  const ends = endsPlan && planName !== null ? `${planName} ends on` : "Grace ends on";
  return (
    <Section
      title="Unpaid"
      aside={
        <Link href={`/admin/dunning/${tenant.id}/${standing.id}`} className="link">
          Collect it or stop
        </Link>
      }
    >
      <Facts
        items={[
          {
            name: "Invoice",
            value: <InvoiceLink number={invoiceNumber} slug={slug} />,
          },
          { name: "Due", value: <Money amountMinor={amountDueMinor} currency={currency} className="text-loss" /> },
          { name: "Stage", value: STAGES[stage] },
          { name: ends, value: <DateText at={graceEndsAt} timeZone={timeZone} /> },
          {
            name: "Next attempt by itself",
            value: standing.nextPaymentAttemptAt ? (
              <DateText at={standing.nextPaymentAttemptAt} timeZone={timeZone} />
            ) : (
              "none"
            ),
          },
        ]}
      />
    </Section>
  );
}
