import Link from "next/link";
import type { Column } from "@/ui/data-table";

/** The column of a list of what belongs to tenants: the tenant's name, which leads to the tenant's page here. */
export function tenantColumn<Row extends { tenantSlug: string; tenantName: string }>(): Column<Row> {
  return {
    header: "Tenant",
    heading: true,
    cell: ({ tenantSlug, tenantName }) => (
      <Link href={`/admin/tenants/${tenantSlug}`} className="link font-normal">
        {tenantName}
      </Link>
    ),
  };
}

/** The number of an invoice; it leads to the document as the tenant sees it, or to where its payment is worked on. */
export function InvoiceLink({ number, ...to }: { number: string } & ({ slug: string } | { casePath: string })) {
  const look = "link font-mono text-xs font-normal lg:whitespace-nowrap";
  return "slug" in to ? (
    <a href={`/t/${to.slug}/invoices/${number}`} className={look}>
      {number}
    </a>
  ) : (
    <Link href={to.casePath} className={look}>
      {number}
    </Link>
  );
}
