/** Where a person goes after signing in: to the one place that is theirs, or to a choice. */
import type { Metadata } from "next";
import Link from "next/link";
import { redirect } from "next/navigation";
import { api } from "@/trpc/server";
import { ButtonLink } from "@/ui/button";
import { PageHeader } from "@/ui/page-header";

export const metadata: Metadata = { title: "Choose an organisation" };

export default async function Start() {
  const account = await api.account.current();
  if (!account) redirect("/sign-in");
  if (account.user.isOperator) redirect("/admin");
  const [first, ...others] = account.memberships;
  if (!first) redirect("/welcome");
  if (others.length === 0) redirect(`/t/${first.slug}`);
  return (
    <div className="mx-auto max-w-xl">
      <PageHeader title="Choose an organisation" />
      <ul className="border-t border-rule">
        {account.memberships.map((membership) => (
          <li key={membership.tenantId} className="border-b border-rule">
            <Link
              href={`/t/${membership.slug}`}
              className="flex items-baseline justify-between gap-4 py-3 hover:text-accent"
            >
              <span className="font-medium">{membership.name}</span>
              <span className="text-sm text-quiet capitalize">{membership.role}</span>
            </Link>
          </li>
        ))}
      </ul>
      <div className="mt-6">
        <ButtonLink href="/welcome">Add an organisation</ButtonLink>
      </div>
    </div>
  );
}
