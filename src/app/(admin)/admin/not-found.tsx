import type { Metadata } from "next";
import Link from "next/link";
import { PageHeader } from "@/ui/page-header";

export const metadata: Metadata = { title: "Not found" };

/** A mistyped address, or one of something that is gone; the console stays around it. */
export default function NotFound() {
  return (
    <PageHeader title="There is no such page">
      The address may be mistyped, or what it showed is gone. Look for the organisation among the{" "}
      <Link href="/admin/tenants" className="link">
        tenants
      </Link>
      , for an invoice among the{" "}
      <Link href="/admin/dunning?show=all" className="link">
        unpaid ones
      </Link>
      .
    </PageHeader>
  );
}
