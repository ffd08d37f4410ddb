import type { ReactNode } from "react";
import type { MemberView, TenantProfile } from "@/billing/tenants/model-profile";
import { ComputedAt, DateText } from "@/ui/date-text";
import { Money } from "@/ui/money";
import { Facts } from "@/ui/page-header";

const ROLES: Record<MemberView["role"], string> = { owner: "Owner", admin: "Admin", member: "Member" };

/** Names, ids and the customer at Stripe, where names that differ from ours are shown. */
export function WhoTheyAre({ profile }: { profile: TenantProfile }) {
  const { tenant, customer } = profile;
  const id = (text: string) => <code className="font-mono text-xs break-all">{text}</code>;
  const facts: Array<{ name: string; value: ReactNode }> = [
    { name: "Short name", value: id(tenant.slug) },
    { name: "Id", value: id(tenant.id) },
    { name: "Billing email", value: <span className="break-all">{tenant.billingEmail}</span> },
    { name: "Since", value: <DateText at={tenant.createdAt} timeZone={tenant.timeZone} /> },
    { name: "Time zone", value: tenant.timeZone },
  ];
  if (tenant.stripeTestClockId) facts.push({ name: "Test clock", value: id(tenant.stripeTestClockId) });
  return (
    <div className="grid gap-3">
      <Facts items={facts} />
      {customer ? (
        <>
          <h3 className="mt-2 text-sm font-medium">At Stripe</h3>
          <Facts items={customerFacts(customer, tenant.name, id)} />
          <ComputedAt at={profile.computedAt} timeZone={tenant.timeZone} note="Read from Stripe" />
        </>
      ) : (
        <p className="text-sm text-quiet">No customer at Stripe yet; the first plan or card makes one.</p>
      )}
    </div>
  );
}

function customerFacts(
  customer: NonNullable<TenantProfile["customer"]>,
  tenantName: string,
  id: (text: string) => ReactNode,
): Array<{ name: string; value: ReactNode }> {
  return [
    { name: "Customer", value: id(customer.stripeCustomerId) },
    ...(customer.name && customer.name !== tenantName ? [{ name: "Name", value: customer.name }] : []),
    ...(customer.email ? [{ name: "Email", value: <span className="break-all">{customer.email}</span> }] : []),
    {
      name: customer.creditMinor < 0n ? "Owes from before" : "Credit",
      value: (
        <Money
          amountMinor={customer.creditMinor < 0n ? -customer.creditMinor : customer.creditMinor}
          currency={customer.currency}
        />
      ),
    },
  ];
}

/** Who may sign in. */
export function People({ members, timeZone }: { members: MemberView[]; timeZone: string }) {
  if (members.length === 0) {
    return <p className="text-sm text-quiet">Nobody can sign in: services act for this tenant with API keys.</p>;
  }
  return (
    <ul className="grid gap-2 text-sm">
      {members.map((member) => (
        <li key={member.userId} className="flex flex-wrap justify-between gap-x-4">
          <span className={`min-w-0 ${member.name ? "break-words" : "break-all"}`}>{member.name ?? member.email}</span>
          <span className="text-quiet">
            {ROLES[member.role]} since <DateText at={member.since} timeZone={timeZone} style="short" />
          </span>
          {member.name ? <span className="basis-full text-xs break-all text-quiet">{member.email}</span> : null}
        </li>
      ))}
    </ul>
  );
}
