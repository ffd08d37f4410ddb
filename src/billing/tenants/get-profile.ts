/** What operators see of a tenant beside its own pages: its people, its customer at Stripe, and its log with names. */
import { listAudit } from "../audit";
import { getCatalog } from "../catalog";
import type { BillingContext } from "../context";
import type { NamedAuditEntry, TenantProfile } from "./model-profile";
import { resolveTenant } from "./resolve-tenant";
import { loadEmails, loadKeyNames, loadMembers } from "./store-profile";

/** The tenant with that id or slug, its people, and its customer as Stripe has it now. Throws `tenant.not_found`. */
export async function getTenantProfile(ctx: BillingContext, idOrSlug: string): Promise<TenantProfile> {
  const tenant = await resolveTenant(ctx, idOrSlug);
  const [members, { currency }, customer] = await Promise.all([
    loadMembers(ctx.db.prisma, tenant.id),
    getCatalog(ctx),
    tenant.stripeCustomerId === null ? null : ctx.stripe.fetchCustomer(tenant.stripeCustomerId),
  ]);
  return {
    tenant,
    members,
    customer: customer && {
      stripeCustomerId: customer.stripeCustomerId,
      email: customer.email,
      name: customer.name,
      creditMinor: -customer.balanceMinor,
      currency,
      hasDefaultPaymentMethod: customer.defaultPaymentMethodId !== null,
    },
    computedAt: ctx.clock.now(tenant.stripeTestClockId),
  };
}

/** A log with the names of its actors, newest first; `tenantId` may be the installation's. */
export async function listNamedAudit(
  ctx: Pick<BillingContext, "db">,
  input: { tenantId: string; limit: number },
): Promise<NamedAuditEntry[]> {
  return nameActors(ctx, await listAudit(ctx, input));
}

/** What was done, with the names of who did it: a person's e-mail address, a key's name. */
export async function nameActors<Done extends { actor: string }>(
  ctx: Pick<BillingContext, "db">,
  entries: Done[],
): Promise<Array<Done & { actorLabel: string | null }>> {
  const idsOf = (...kinds: string[]) =>
    entries
      .map(({ actor }) => actor.split(":"))
      .flatMap(([kind, id]) => (kinds.includes(kind ?? "") && id ? [id] : []));
  const [emails, keys] = await Promise.all([
    loadEmails(ctx.db.prisma, idsOf("user", "operator")),
    loadKeyNames(ctx.db.prisma, idsOf("api_key")),
  ]);
  return entries.map((entry) => {
    const id = entry.actor.slice(entry.actor.indexOf(":") + 1);
    return { ...entry, actorLabel: emails.get(id) ?? keys.get(id) ?? null };
  });
}
