import type { Metadata } from "next";
import { env } from "@/env";
import { PageHeader, Section } from "@/ui/page-header";
import { EmptyState } from "@/ui/states";
import { mayManage, portalOf } from "../../../../../_components/portal";
import { CheckoutFrame } from "../../../../_components/checkout-frame";
import { AddCardForm } from "./_components/add-card-form";

export const metadata: Metadata = { title: "Add a payment method" };

/** `return`: where to go on afterwards, when the card is for something that was being done. */
type Props = { params: Promise<{ slug: string }>; searchParams: Promise<{ return?: string }> };

export default async function AddPaymentMethod({ params, searchParams }: Props) {
  const [{ tenant, role, mode }, search] = await Promise.all([params.then(({ slug }) => portalOf(slug)), searchParams]);
  const listPath = `/t/${tenant.slug}/payment-methods`;
  const returnPath = returnPathOf(tenant.slug, search.return) ?? listPath;
  return (
    <CheckoutFrame
      backHref={returnPath}
      backText={returnPath === listPath ? "Back to the payment methods" : "Back to the plan"}
      sandbox={mode === "sandbox"}
    >
      <div className="max-w-xl">
        <PageHeader title="Add a payment method">for {tenant.name}. Nothing is charged now.</PageHeader>
        {mayManage(role) ? (
          <Section title="Card or bank account">
            <AddCardForm
              tenant={tenant.slug}
              returnPath={returnPath}
              email={tenant.billingEmail}
              publishableKey={env().stripe.publishableKey}
            />
          </Section>
        ) : (
          <EmptyState title="Only an owner or admin can add a payment method">
            Ask somebody who manages this organisation.
          </EmptyState>
        )}
      </div>
    </CheckoutFrame>
  );
}

/** Only to pages of this organisation that lead here; an address is anybody's text. */
function returnPathOf(slug: string, path: string | undefined): string | null {
  const isOurs =
    path !== undefined && [`/t/${slug}/plan`, `/t/${slug}/checkout`].some((own) => path.split("?")[0] === own);
  return isOurs ? path : null;
}
