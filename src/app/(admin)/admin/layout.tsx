import { notFound, redirect } from "next/navigation";
import type { ReactNode } from "react";
import { sessionUser } from "@/server/auth/session";
import { Shell } from "../../_components/shell";

/** The operator's frame. It only steers: every procedure behind these pages checks the right itself. */
export default async function AdminLayout({ children }: { children: ReactNode }) {
  const user = await sessionUser();
  if (!user) redirect("/sign-in?callbackUrl=/admin");
  if (!user.isOperator) notFound();
  return (
    <Shell
      label="Operator"
      email={user.email}
      switcher={<p className="border-y border-rule py-2 text-sm font-medium">Operator’s console</p>}
      items={[
        { href: "/admin", text: "Revenue" },
        { href: "/admin/tenants", text: "Tenants" },
        { href: "/admin/dunning", text: "Unpaid invoices" },
        { href: "/admin/catalog", text: "Catalog" },
        { href: "/admin/promotions", text: "Promotion codes" },
        { href: "/admin/webhooks", text: "Webhook inbox" },
      ]}
    >
      {children}
    </Shell>
  );
}
