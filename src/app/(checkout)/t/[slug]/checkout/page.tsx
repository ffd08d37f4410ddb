import type { Metadata } from "next";
import { redirect } from "next/navigation";
import type { AppliedCatalog, PlanVersion } from "@/billing/catalog/model";
import type { BillingInterval } from "@/billing/subscriptions/model";
import type { Tenant } from "@/billing/tenants/model";
import type { BillingDetails } from "@/billing/tenants/model-billing-details";
import { countryName, listCountries } from "@/billing/tenants/rules-places";
import { env } from "@/env";
import { api } from "@/trpc/server";
import { ButtonLink } from "@/ui/button";
import { PageHeader, Section } from "@/ui/page-header";
import { EmptyState } from "@/ui/states";
import { BillingDetailsForm } from "../../../../_components/billing-details-form";
import { beyondText, includedText, intervalOf, meterOf, priceOf, usersText } from "../../../../_components/plan-facts";
import { mayManage, portalOf } from "../../../../_components/portal";
import { seatChoices, seatText } from "../../../../_components/seat-words";
import { CheckoutFrame } from "../../../_components/checkout-frame";
import { Checkout } from "./_components/checkout";

export const metadata: Metadata = { title: "Checkout" };

/** `code` is for links that bring a promotion along. */
type Search = { plan?: string; interval?: string; seats?: string; code?: string };
type Props = { params: Promise<{ slug: string }>; searchParams: Promise<Search> };

export default async function CheckoutPage({ params, searchParams }: Props) {
  const [{ tenant, role, mode }, search] = await Promise.all([params.then(({ slug }) => portalOf(slug)), searchParams]);
  const base = `/t/${tenant.slug}`;
  const [catalog, current] = await Promise.all([
    api.catalog.current(),
    api.subscriptions.current({ tenant: tenant.slug }),
  ]);
  if (current.subscription) redirect(`${base}/plan`);
  const plan = catalog.plans.find((candidate) => candidate.planKey === search.plan);
  const intervals = plan ? (["month", "year"] as const).filter((each) => priceOf(plan, each)) : [];
  const frame = { backHref: `${base}/plan`, backText: "Back to the plans", sandbox: mode === "sandbox" };
  if (!plan || intervals[0] === undefined || !mayManage(role)) {
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
  const details = await api.billingDetails.get({ tenant: tenant.slug });
  if (details.needsAddress && details.address === null) {
    return (
      <CheckoutFrame {...frame}>
        <PageHeader title={`Subscribe to ${plan.name}`}>for {tenant.name}</PageHeader>
        <AddressFirst tenant={tenant.slug} details={details} />
      </CheckoutFrame>
    );
  }
  return (
    <CheckoutFrame {...frame}>
      <PageHeader title={`Subscribe to ${plan.name}`}>
        for {tenant.name}
        {details.needsAddress ? (
          <>
            , taxed in {countryName(details.address?.country ?? "")}.{" "}
            <a href={`${base}/settings`} className="link">
              Change the billing details
            </a>
          </>
        ) : null}
      </PageHeader>
      <Priced {...{ tenant, catalog, plan, search, intervals }} />
    </CheckoutFrame>
  );
}

/** The checkout with the price of what the address asks for. */
async function Priced({
  tenant,
  catalog,
  plan,
  search,
  intervals,
}: {
  tenant: Tenant;
  catalog: AppliedCatalog;
  plan: PlanVersion;
  search: Search;
  intervals: BillingInterval[];
}) {
  const wished = intervalOf(search.interval);
  const interval = intervals.includes(wished) ? wished : (intervals[0] ?? "month");
  const seats = seatsOf(plan, search.seats);
  const code = search.code?.trim().slice(0, 100) || null;
  const ask = (promotionCode: string | null) =>
    api.subscriptions.quote({
      tenant: tenant.slug,
      wish: { verb: "start", planKey: plan.planKey, interval, seats, promotionCode, trial: true },
    });
  const [withCode, methods] = await Promise.all([
    // A link's code that is over takes nothing away but itself.
    code === null ? null : ask(code).catch(() => null),
    api.payments.methods({ tenant: tenant.slug }),
  ]);
  // What cannot be priced just now is asked again by the browser, which says why.
  const quote = withCode ?? (await ask(null).catch(() => null));
  // Pricing looks at Stripe, and may have found the plan that another tab has just paid for.
  const isLate = quote === null && (await api.subscriptions.current({ tenant: tenant.slug })).subscription !== null;
  if (isLate) redirect(`/t/${tenant.slug}/plan`);
  const { trial } = plan.terms;
  return (
    <Checkout
      tenant={tenant.slug}
      tenantName={tenant.name}
      timeZone={tenant.timeZone}
      email={tenant.billingEmail}
      plan={{
        key: plan.planKey,
        name: plan.name,
        intervals,
        seats: seatChoices(plan),
        trialWithoutCard: trial === null ? null : trial.paymentMethod === "optional",
      }}
      freePlanName={catalog.freePlan.name}
      start={{ interval, seats, code: withCode ? code : null }}
      quote={quote}
      methods={methods}
      publishableKey={env().stripe.publishableKey}
    >
      <Included catalog={catalog} plan={plan} interval={interval} />
    </Checkout>
  );
}

/** Taxes go by the place, so the place is asked for before the price is told. */
function AddressFirst({ tenant, details }: { tenant: string; details: BillingDetails }) {
  return (
    <Section title="Where you are billed">
      <p className="mb-6 max-w-prose text-sm text-quiet">
        Your taxes depend on your address. Once it is saved you see the whole price, and then you pay.
      </p>
      <BillingDetailsForm
        brief
        tenant={tenant}
        details={details}
        countries={listCountries()}
        timeZones={[]}
        submitText="Save and see the price"
      />
    </Section>
  );
}

function seatsOf(plan: PlanVersion, text: string | undefined): number | null {
  const terms = plan.terms.seats;
  if (terms === null) return null;
  const asked = /^\d{1,7}$/.test(text ?? "") ? Number(text) : terms.included;
  return Math.min(Math.max(asked, terms.included, 1), terms.max ?? 1_000_000);
}

function Included({
  catalog,
  plan,
  interval,
}: {
  catalog: AppliedCatalog;
  plan: PlanVersion;
  interval: BillingInterval;
}) {
  return (
    <div className="mt-6 border-t border-rule pt-4 text-sm">
      <h3 className="mb-2 font-medium">Included in each month</h3>
      <ul className="grid gap-2">
        <li>{seatText(plan, interval) ?? usersText(plan.terms.maxUsers)}</li>
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
    </div>
  );
}
