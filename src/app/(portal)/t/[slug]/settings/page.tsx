import type { Metadata } from "next";
import type { BillingDetails } from "@/billing/tenants/model-billing-details";
import { addressLines, taxIdLines } from "@/billing/tenants/rules-billing-details";
import { listCountries } from "@/billing/tenants/rules-places";
import { api } from "@/trpc/server";
import { Facts, PageHeader, Section } from "@/ui/page-header";
import { Skeleton } from "@/ui/states";
import { BillingDetailsForm } from "../../../../_components/billing-details-form";
import { mayManage, portalOf } from "../../../../_components/portal";
import { Region } from "../../../../_components/region";

export const metadata: Metadata = { title: "Billing details" };

const COUNTRIES = listCountries();
const TIME_ZONES = ["UTC", ...Intl.supportedValuesOf("timeZone")];

export default async function Settings({ params }: { params: Promise<{ slug: string }> }) {
  const { tenant, role } = await portalOf((await params).slug);
  return (
    <>
      <PageHeader title="Billing details">
        Who stands on your invoices, where they are sent, and by which tax ids. Invoices that were issued stay as they
        are.
      </PageHeader>
      <Region
        failure="The billing details could not be loaded"
        load={() => api.billingDetails.get({ tenant: tenant.slug })}
        skeleton={<Skeleton lines={10} label="Loading the billing details" />}
      >
        {(details) =>
          mayManage(role) ? (
            <BillingDetailsForm
              // A register's answer or a change at Stripe shows up in a fresh form.
              key={details.taxIds.map((taxId) => `${taxId.stripeTaxId} ${taxId.status}`).join()}
              tenant={tenant.slug}
              details={details}
              countries={COUNTRIES}
              timeZones={TIME_ZONES}
            />
          ) : (
            <ReadOnly details={details} />
          )
        }
      </Region>
    </>
  );
}

function ReadOnly({ details }: { details: BillingDetails }) {
  const { legalName, billingEmail, phone, purchaseOrder, timeZone } = details;
  const address = addressLines(details.address);
  const taxIds = taxIdLines(details.taxIds);
  const none = <span className="text-quiet">none</span>;
  return (
    <Section title="As they are now" className="max-w-xl">
      <Facts
        items={[
          { name: "Legal name", value: legalName },
          { name: "Billing e-mail", value: billingEmail },
          { name: "Phone", value: phone ?? none },
          { name: "Address", value: address.length === 0 ? none : <Lines lines={address} /> },
          { name: "Tax ids", value: taxIds.length === 0 ? none : <Lines lines={taxIds} /> },
          { name: "Reference", value: purchaseOrder ?? none },
          { name: "Time zone", value: timeZone },
        ]}
      />
      <p className="mt-6 text-sm text-quiet">Only an owner or admin of this organisation can change them.</p>
    </Section>
  );
}

function Lines({ lines }: { lines: string[] }) {
  return lines.map((line) => (
    <span key={line} className="block">
      {line}
    </span>
  ));
}
