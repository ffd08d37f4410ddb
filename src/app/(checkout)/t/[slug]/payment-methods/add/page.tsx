import type { Metadata } from "next";
import { env } from "@/env";
import { PageHeader, Section } from "@/ui/page-header";
import { EmptyState } from "@/ui/states";
import { mayManage, portalOf } from "../../../../../_components/portal";
import { CheckoutFrame } from "../../../../_components/checkout-frame";
import { AddCardForm } from "./_components/add-card-form";

export const metadata: Metadata = { title: "Add a payment method" };

export default async function AddPaymentMethod({ params }: { params: Promise<{ slug: string }> }) {
  const { tenant, role, mode } = await portalOf((await params).slug);
  return (
    <CheckoutFrame
      backHref={`/t/${tenant.slug}/payment-methods`}
      backText="Back to the payment methods"
      sandbox={mode === "sandbox"}
    >
      <div className="max-w-xl">
        <PageHeader title="Add a payment method">for {tenant.name}. Nothing is charged now.</PageHeader>
        {mayManage(role) ? (
          <Section title="Card">
            <AddCardForm
              tenant={tenant.slug}
              email={tenant.billingEmail}
              publishableKey={env().stripe.publishableKey}
            />
          </Section>
        ) : (
          <EmptyState title="Only an owner or admin can add a card">
            Ask somebody who manages this organisation.
          </EmptyState>
        )}
      </div>
    </CheckoutFrame>
  );
}
