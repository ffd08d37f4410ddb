/** After the payment: waits for the word of the webhook. Also where a bank's own page returns to; safe to reload. */
import type { Metadata } from "next";
import { api } from "@/trpc/server";
import { intervalOf } from "../../../../../_components/plan-facts";
import { portalOf } from "../../../../../_components/portal";
import { CheckoutFrame } from "../../../../_components/checkout-frame";
import { Finalising } from "./_components/finalising";

export const metadata: Metadata = { title: "Your new plan" };

type Search = { plan?: string; interval?: string; redirect_status?: string };
type Props = { params: Promise<{ slug: string }>; searchParams: Promise<Search> };

export default async function CheckoutDone({ params, searchParams }: Props) {
  const [{ tenant, mode }, search] = await Promise.all([params.then(({ slug }) => portalOf(slug)), searchParams]);
  const catalog = await api.catalog.current();
  const plan = catalog.plans.find((candidate) => candidate.planKey === search.plan);
  const base = `/t/${tenant.slug}`;
  return (
    <CheckoutFrame backHref={base} backText="Back to the portal" sandbox={mode === "sandbox"}>
      <Finalising
        tenant={tenant.slug}
        timeZone={tenant.timeZone}
        plan={plan ? { key: plan.planKey, name: plan.name } : null}
        retryHref={`${base}/checkout?plan=${plan?.planKey ?? ""}&interval=${intervalOf(search.interval)}`}
        failed={search.redirect_status === "failed"}
      />
    </CheckoutFrame>
  );
}
