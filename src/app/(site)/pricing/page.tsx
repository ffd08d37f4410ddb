import type { Metadata } from "next";
import { env } from "@/env";
import { sessionUser } from "@/server/auth/session";
import { api } from "@/trpc/server";
import { ButtonLink } from "@/ui/button";
import { PageHeader } from "@/ui/page-header";
import { TableSkeleton } from "@/ui/states";
import { beforeTaxText } from "../../_components/before-tax";
import { contactHref } from "../../_components/contact";
import { IntervalSwitch } from "../../_components/interval-switch";
import { PlanColumns } from "../../_components/plan-columns";
import { intervalOf } from "../../_components/plan-facts";
import { PlanTable } from "../../_components/plan-table";
import { Region } from "../../_components/region";

export async function generateMetadata(): Promise<Metadata> {
  const catalog = await api.catalog.current().catch(() => null);
  return { title: catalog ? `${catalog.productName} plans and prices` : "Plans and prices" };
}

type Search = { interval?: string };

export default async function Pricing({ searchParams }: { searchParams: Promise<Search> }) {
  const interval = intervalOf((await searchParams).interval);
  const user = await sessionUser();
  return (
    <Region
      failure="The plans could not be loaded"
      load={() => api.catalog.current()}
      skeleton={<TableSkeleton rows={8} />}
    >
      {(catalog) => (
        <>
          <PageHeader
            title={`${catalog.productName} plans`}
            action={<IntervalSwitch interval={interval} path="/pricing" plans={catalog.plans} />}
          >
            Prices in {catalog.currency.toUpperCase()}, {beforeTaxText(catalog.tax, env().taxMode)}. What is included
            counts each month, also when you pay by the year.
          </PageHeader>
          <PlanColumns
            catalog={catalog}
            interval={interval}
            start="trial"
            action={(plan) =>
              plan.monthlyPriceMinor === null && plan.annualPriceMinor === null ? (
                <ContactLink contact={catalog.contact} planName={plan.name} />
              ) : (
                <ButtonLink href={user ? "/start" : "/sign-up"} wide look={plan.rank === 1 ? "primary" : "secondary"}>
                  {plan.planKey === catalog.freePlan.planKey ? "Start free" : `Start with ${plan.name}`}
                </ButtonLink>
              )
            }
          />
          <h2 className="mt-16 mb-4 font-serif text-xl font-medium">Everything, side by side</h2>
          <PlanTable catalog={catalog} interval={interval} />
        </>
      )}
    </Region>
  );
}

function ContactLink({ contact, planName }: { contact: string | null; planName: string }) {
  const href = contactHref(contact, planName);
  if (href === null) return <p className="text-sm text-quiet">Its price is agreed with you.</p>;
  return (
    <ButtonLink hard href={href} aria-label={`Contact us about ${planName}`} wide>
      Contact us
    </ButtonLink>
  );
}
