import { TRPCError } from "@trpc/server";
import type { Metadata } from "next";
import Link from "next/link";
import { notFound } from "next/navigation";
import type { AppliedCatalog, PlanVersion } from "@/billing/catalog/model";
import { api } from "@/trpc/server";
import { PageHeader } from "@/ui/page-header";
import { overageText } from "../../../../../_components/overage-text";
import { ContractForm } from "./_components/contract-form";
import type { BasePlan } from "./_components/contract-terms";

export const metadata: Metadata = { title: "Contract" };

export default async function ContractPage({ params }: { params: Promise<{ slug: string }> }) {
  const { slug } = await params;
  const [{ tenant }, catalog] = await Promise.all([tenantOf(slug), api.catalog.current()]);
  const current = await api.subscriptions.current({ tenant: slug });
  const bases = catalog.plans.filter(({ id }) => id !== catalog.freePlan.id).map((plan) => baseOf(plan, catalog));
  return (
    <>
      <PageHeader
        title="Contract"
        back={
          <Link href={`/admin/tenants/${slug}`} className="link">
            {tenant.name}
          </Link>
        }
      >
        Terms for this tenant alone, laid over a plan of the catalog. Making the contract charges nothing and moves
        nobody; the next step shows what moving comes to.
      </PageHeader>
      <ContractForm
        tenant={{ slug, name: tenant.name }}
        bases={bases}
        currency={catalog.currency}
        startWith={bases.some(({ key }) => key === current.planKey) ? current.planKey : (bases.at(-1)?.key ?? "")}
      />
    </>
  );
}

async function tenantOf(slug: string) {
  try {
    return await api.operator.tenant({ tenant: slug });
  } catch (error) {
    if (error instanceof TRPCError && error.code === "NOT_FOUND") notFound();
    throw error;
  }
}

function baseOf({ planKey, name, terms }: PlanVersion, catalog: AppliedCatalog): BasePlan {
  return {
    key: planKey,
    name,
    monthlyPrice: terms.monthlyPrice,
    annualPrice: terms.annualPrice,
    maxUsers: terms.maxUsers,
    seats: terms.seats,
    meters: catalog.meters.map((meter) => {
      const known = terms.allowances.find((allowance) => allowance.meter === meter.key);
      const allowance = known ?? { meter: meter.key, included: null, limit: "soft" as const, overage: null };
      return {
        ...{ key: meter.key, name: meter.displayName, unit: meter.unit, unitPlural: meter.unitPlural, allowance },
        overage: overageText(allowance, meter, catalog.currency),
      };
    }),
  };
}
