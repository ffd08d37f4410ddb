import type { Metadata } from "next";
import Link from "next/link";
import { type ReactNode, Suspense } from "react";
import { api } from "@/trpc/server";
import { portalOf } from "../../../_components/portal";
import { Shell } from "../../../_components/shell";
import { Banners } from "./_components/banners";

type Parameters = { params: Promise<{ slug: string }> };

export async function generateMetadata({ params }: Parameters): Promise<Metadata> {
  const { tenant } = await portalOf((await params).slug);
  return { title: { default: tenant.name, template: `%s · ${tenant.name}` } };
}

export default async function TenantLayout({ params, children }: Parameters & { children: ReactNode }) {
  const { slug } = await params;
  const [{ tenant, role, mode }, account] = await Promise.all([portalOf(slug), api.account.current()]);
  const base = `/t/${tenant.slug}`;
  const others = account?.memberships.filter((membership) => membership.tenantId !== tenant.id) ?? [];
  const items = [
    { href: base, text: "Overview" },
    { href: `${base}/plan`, text: "Plan" },
    { href: `${base}/usage`, text: "Usage" },
    { href: `${base}/invoices`, text: "Invoices" },
    { href: `${base}/payment-methods`, text: "Payment methods" },
    { href: `${base}/settings`, text: "Billing details" },
    { href: `${base}/history`, text: "History" },
    { href: `${base}/api-keys`, text: "API keys" },
  ];
  return (
    <Shell
      label={tenant.name}
      items={items}
      email={account?.user.email ?? ""}
      switcher={<TenantSwitcher name={tenant.name} others={others} isOperator={account?.user.isOperator ?? false} />}
      banners={
        <Suspense>
          <Banners tenant={tenant} role={role} mode={mode} />
        </Suspense>
      }
    >
      {children}
    </Shell>
  );
}

function TenantSwitcher({
  name,
  others,
  isOperator,
}: {
  name: string;
  others: Array<{ slug: string; name: string; tenantId: string }>;
  isOperator: boolean;
}) {
  return (
    <details className="group border-y border-rule py-2 text-sm">
      <summary className="flex items-center justify-between gap-2">
        <span className="min-w-0 truncate font-medium" title={name}>
          <span className="sr-only">Organisation: </span>
          {name}
        </span>
        <span aria-hidden="true" className="text-quiet transition-transform group-open:rotate-180">
          ▾
        </span>
      </summary>
      <ul className="grid gap-1 pt-2">
        {isOperator ? (
          <li>
            <Link href="/admin/tenants" className="block py-1 text-quiet hover:text-ink">
              All tenants
            </Link>
          </li>
        ) : null}
        {others.map((other) => (
          <li key={other.tenantId}>
            <Link href={`/t/${other.slug}`} className="block truncate py-1 text-quiet hover:text-ink">
              {other.name}
            </Link>
          </li>
        ))}
        <li>
          <Link href="/welcome" className="block py-1 text-quiet hover:text-ink">
            New organisation…
          </Link>
        </li>
      </ul>
    </details>
  );
}
