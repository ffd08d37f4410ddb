import type { Metadata } from "next";
import { api } from "@/trpc/server";
import { ButtonLink } from "@/ui/button";
import { PageHeader, Section } from "@/ui/page-header";
import { EmptyState, TableSkeleton } from "@/ui/states";
import { mayManage, portalOf } from "../../../../_components/portal";
import { Region } from "../../../../_components/region";
import { BankAccounts } from "./_components/bank-accounts";
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
              Add a payment method
            </ButtonLink>
          ) : null
        }
      >
        Invoices are collected from the default one.
        {manage ? "" : " Only an owner or admin of this organisation may change them."}
      </PageHeader>
      <Region
        failure="The payment methods could not be loaded"
        load={async () => {
          const [methods, accounts] = await Promise.all([
            api.payments.methods({ tenant: tenant.slug }),
            api.payments.bankAccounts({ tenant: tenant.slug }),
          ]);
          return { methods, accounts };
        }}
        skeleton={<TableSkeleton rows={2} label="Loading the payment methods" />}
      >
        {({ methods, accounts }) => (
          <div className="grid gap-12">
            {methods.length === 0 ? (
              <EmptyState title={accounts.length === 0 ? "Nothing on file" : "Nothing that can be charged yet"}>
                {accounts.length === 0
                  ? "The Free plan needs none. A card or bank account you pay a plan with is kept here."
                  : "A bank account can be charged once it is verified."}
              </EmptyState>
            ) : (
              <MethodList tenant={tenant.slug} methods={methods} manage={manage} />
            )}
            {accounts.length === 0 ? null : (
              <Section title="Bank accounts to verify">
                <BankAccounts tenant={tenant.slug} accounts={accounts} manage={manage} timeZone={tenant.timeZone} />
              </Section>
            )}
          </div>
        )}
      </Region>
    </>
  );
}
