import type { Metadata } from "next";
import { api } from "@/trpc/server";
import { ButtonLink } from "@/ui/button";
import { PageHeader } from "@/ui/page-header";
import { EmptyState, TableSkeleton } from "@/ui/states";
import { mayManage, portalOf } from "../../../../_components/portal";
import { Region } from "../../../../_components/region";
import { MethodList } from "./_components/method-list";

export const metadata: Metadata = { title: "Payment methods" };

export default async function PaymentMethods({ params }: { params: Promise<{ slug: string }> }) {
  const { tenant, role } = await portalOf((await params).slug);
  const add = `/t/${tenant.slug}/payment-methods/add`;
  const manage = mayManage(role);
  return (
    <>
      <PageHeader
        title="Payment methods"
        action={
          manage ? (
            <ButtonLink hard href={add} look="primary">
              Add a card
            </ButtonLink>
          ) : null
        }
      >
        Invoices are collected from the default one.
        {manage ? "" : " Only an owner or admin of this organisation may change them."}
      </PageHeader>
      <Region
        failure="The payment methods could not be loaded"
        load={() => api.payments.methods({ tenant: tenant.slug })}
        skeleton={<TableSkeleton rows={2} label="Loading the payment methods" />}
      >
        {(methods) =>
          methods.length === 0 ? (
            <EmptyState title="No card on file">
              The Free plan needs none. A card you pay a plan with is kept here.
            </EmptyState>
          ) : (
            <MethodList tenant={tenant.slug} methods={methods} manage={manage} />
          )
        }
      </Region>
    </>
  );
}
