import type { Metadata } from "next";
import { redirect } from "next/navigation";
import type { AppliedCatalog, PlanVersion } from "@/billing/catalog/model";
import type { BillingInterval, Quote } from "@/billing/subscriptions/model";
import { env } from "@/env";
import { api } from "@/trpc/server";
import { ButtonLink } from "@/ui/button";
import { DateText } from "@/ui/date-text";
import { Money, moneyText } from "@/ui/money";
import { PageHeader, Section } from "@/ui/page-header";
import { EmptyState } from "@/ui/states";
import { ChargeLines } from "../../../../_components/charge-lines";
import { beyondText, includedText, intervalOf, meterOf, usersText } from "../../../../_components/plan-facts";
import { mayManage, portalOf } from "../../../../_components/portal";
import { CheckoutFrame } from "../../../_components/checkout-frame";
import { CheckoutForm } from "./_components/checkout-form";

export const metadata: Metadata = { title: "Checkout" };

type Props = { params: Promise<{ slug: string }>; searchParams: Promise<{ plan?: string; interval?: string }> };

export default async function Checkout({ params, searchParams }: Props) {
  const [{ tenant, role, mode }, search] = await Promise.all([params.then(({ slug }) => portalOf(slug)), searchParams]);
  const base = `/t/${tenant.slug}`;
  const [catalog, current] = await Promise.all([
    api.catalog.current(),
    api.subscriptions.current({ tenant: tenant.slug }),
  ]);
  if (current.subscription) redirect(`${base}/plan`);
  const interval = intervalOf(search.interval);
  const plan = catalog.plans.find((candidate) => candidate.planKey === search.plan);
  const price = plan ? (interval === "year" ? plan.annualPriceMinor : plan.monthlyPriceMinor) : null;
  const frame = { backHref: `${base}/plan`, backText: "Back to the plans", sandbox: mode === "sandbox" };
  if (!plan || !price || !mayManage(role)) {
    return (
      <CheckoutFrame {...frame}>
        <PageHeader title="Checkout" />
        <EmptyState
          title={mayManage(role) ? "There is nothing to pay here" : "Only an owner or admin can choose a plan"}
          action={<ButtonLink href={`${base}/plan`}>See the plans</ButtonLink>}
        >
          {mayManage(role) ? "This plan is not sold, or costs nothing." : "Ask somebody who manages this organisation."}
        </EmptyState>
      </CheckoutFrame>
    );
  }
  const [quote, methods] = await Promise.all([
    api.subscriptions.quote({ tenant: tenant.slug, wish: { verb: "start", planKey: plan.planKey, interval } }),
    api.payments.methods({ tenant: tenant.slug }),
  ]);
  return (
    <CheckoutFrame {...frame}>
      <PageHeader title={`Subscribe to ${plan.name}`}>for {tenant.name}</PageHeader>
      <div className="grid gap-x-16 gap-y-10 lg:grid-cols-[minmax(0,6fr)_minmax(0,5fr)]">
        <Section title="What you pay" className="lg:order-2">
          <Summary catalog={catalog} plan={plan} interval={interval} quote={quote} timeZone={tenant.timeZone} />
        </Section>
        <Section title="How you pay">
          <CheckoutForm
            tenant={tenant.slug}
            tenantName={tenant.name}
            email={tenant.billingEmail}
            plan={{ key: plan.planKey, name: plan.name }}
            interval={interval}
            quote={{ id: quote.id, dueNowMinor: quote.dueNowMinor, currency: quote.currency }}
            methods={methods}
            publishableKey={env().stripe.publishableKey}
          />
        </Section>
      </div>
    </CheckoutFrame>
  );
}

function Summary({
  catalog,
  plan,
  interval,
  quote,
  timeZone,
}: {
  catalog: AppliedCatalog;
  plan: PlanVersion;
  interval: BillingInterval;
  quote: Quote;
  timeZone: string;
}) {
  return (
    <>
      <p className="mb-5">
        <Money
          amountMinor={quote.dueNowMinor}
          currency={quote.currency}
          className="block font-serif text-4xl tracking-[-0.01em]"
        />
        <span className="text-sm text-quiet">due today, for one {interval}</span>
      </p>
      <ChargeLines
        lines={quote.lines.map((line) => ({ ...line, kind: "plan", quantity: "1", unitPrice: null }))}
        currency={quote.currency}
        taxName={`${catalog.tax.displayName} (${catalog.tax.percentage}%)`}
        subtotalMinor={quote.subtotalMinor}
        taxMinor={quote.tax.amountMinor}
        totalMinor={quote.dueNowMinor}
        totalName="Due today"
      />
      <p className="mt-4 text-sm text-quiet">
        {quote.nextInvoice ? (
          <>
            Renews on <DateText at={quote.nextInvoice.at} timeZone={timeZone} /> for{" "}
            {moneyText(quote.nextInvoice.totalMinor, plan.currency)}, and
          </>
        ) : (
          "Renews for the same amount, and"
        )}{" "}
        what you use beyond the included quantities. Cancel any time until then.
      </p>
      <ul className="mt-6 grid gap-2 border-t border-rule pt-4 text-sm">
        <li>{usersText(plan.terms.maxUsers)}</li>
        {plan.terms.allowances.map((allowance) => {
          const meter = meterOf(catalog, allowance.meter);
          if (!meter) return null;
          return (
            <li key={allowance.meter}>
              {includedText(allowance, meter)}
              <span className="text-quiet">, {beyondText(allowance, meter, plan.currency) ?? "without limit"}</span>
            </li>
          );
        })}
      </ul>
    </>
  );
}
