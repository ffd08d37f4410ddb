/** Every query of tenants, memberships and API keys. */
import type { DatabaseTransaction } from "@/db/transaction";
import type { ApiKeyView, MembershipRole, MembershipView, Tenant } from "./model";

const tenantColumns = {
  id: true,
  slug: true,
  name: true,
  billingEmail: true,
  timeZone: true,
  stripeCustomerId: true,
  stripeTestClockId: true,
  createdAt: true,
} as const;

const keyColumns = {
  id: true,
  display: true,
  name: true,
  ownerId: true,
  createdAt: true,
  lastUsedAt: true,
  revokedAt: true,
} as const;

/** A tenant by id; null when there is none or it was deleted. */
export function findTenant(tx: DatabaseTransaction, id: string): Promise<Tenant | null> {
  return tx.tenant.findUnique({ where: { id, deletedAt: null }, select: tenantColumns });
}

/** A tenant by slug; null when there is none or it was deleted. */
export function findTenantBySlug(tx: DatabaseTransaction, slug: string): Promise<Tenant | null> {
  return tx.tenant.findUnique({ where: { slug, deletedAt: null }, select: tenantColumns });
}

/** A tenant by Stripe's customer; null when no tenant of ours is that customer. */
export function findTenantByCustomer(tx: DatabaseTransaction, stripeCustomerId: string): Promise<Tenant | null> {
  return tx.tenant.findUnique({ where: { stripeCustomerId }, select: tenantColumns });
}

/** The tenants whose time is a test clock of the sandbox, and which; few, and none with the real Stripe. */
export async function loadTestClockTenants(
  tx: DatabaseTransaction,
): Promise<Array<{ tenantId: string; clockId: string }>> {
  const rows = await tx.tenant.findMany({
    where: { stripeTestClockId: { not: null } },
    select: { id: true, stripeTestClockId: true },
  });
  return rows.flatMap(({ id, stripeTestClockId }) =>
    stripeTestClockId === null ? [] : [{ tenantId: id, clockId: stripeTestClockId }],
  );
}

/** Writes a tenant unless its slug is taken. Returns whether it was written. */
export async function insertTenant(tx: DatabaseTransaction, tenant: Tenant): Promise<boolean> {
  // A refused statement would end the caller's transaction, a skipped one lets it try the next name.
  const { count } = await tx.tenant.createMany({ data: tenant, skipDuplicates: true });
  return count === 1;
}

/** Gives a tenant its Stripe customer if it has none yet. Returns whether it had none. */
export async function putStripeCustomer(
  tx: DatabaseTransaction,
  id: string,
  stripeCustomerId: string,
): Promise<boolean> {
  const { count } = await tx.tenant.updateMany({ where: { id, stripeCustomerId: null }, data: { stripeCustomerId } });
  return count === 1;
}

/** Puts a tenant back on the default clock. */
export async function clearTestClock(tx: DatabaseTransaction, id: string): Promise<void> {
  await tx.tenant.update({ where: { id }, data: { stripeTestClockId: null } });
}

/** Makes a person a member, or gives a member another role. */
export async function putMembership(
  tx: DatabaseTransaction,
  membership: { tenantId: string; userId: string; role: MembershipRole; createdAt: Date },
): Promise<void> {
  const { tenantId, userId, role } = membership;
  await tx.membership.upsert({
    where: { tenantId_userId: { tenantId, userId } },
    update: { role },
    create: membership,
  });
}

/** How many people belong to a tenant. */
export async function memberCount(tx: DatabaseTransaction, tenantId: string): Promise<number> {
  return tx.membership.count({ where: { tenantId } });
}

/** The tenants of a person, by name. */
export async function loadMemberships(tx: DatabaseTransaction, userId: string): Promise<MembershipView[]> {
  const rows = await tx.membership.findMany({
    where: { userId, tenant: { deletedAt: null } },
    select: { role: true, tenant: { select: { id: true, slug: true, name: true } } },
    orderBy: { tenant: { name: "asc" } },
  });
  return rows.map(({ role, tenant }) => ({ tenantId: tenant.id, slug: tenant.slug, name: tenant.name, role }));
}

/** What a person is to a tenant; null when nothing. */
export async function findRole(
  tx: DatabaseTransaction,
  tenantId: string,
  userId: string,
): Promise<MembershipRole | null> {
  const row = await tx.membership.findUnique({ where: { tenantId_userId: { tenantId, userId } } });
  return row?.role ?? null;
}

/** Writes a key's hash and what lists show of it. */
export async function insertApiKey(
  tx: DatabaseTransaction,
  key: { id: string; secretHash: string; display: string; name: string; tenantId: string | null; createdAt: Date },
): Promise<ApiKeyView> {
  const { tenantId, ...data } = key;
  return toApiKeyView(await tx.apiKey.create({ data: { ...data, ownerId: tenantId }, select: keyColumns }));
}

/** A key by the hash of its clear text, revoked ones too; null when there is none. */
export async function findApiKeyByHash(tx: DatabaseTransaction, secretHash: string): Promise<ApiKeyView | null> {
  const row = await tx.apiKey.findUnique({ where: { secretHash }, select: keyColumns });
  return row ? toApiKeyView(row) : null;
}

/** The keys of a tenant, or the operators' keys for null, newest first. */
export async function loadApiKeys(tx: DatabaseTransaction, tenantId: string | null): Promise<ApiKeyView[]> {
  const rows = await tx.apiKey.findMany({
    where: { ownerId: tenantId },
    select: keyColumns,
    orderBy: [{ createdAt: "desc" }, { id: "desc" }],
  });
  return rows.map(toApiKeyView);
}

/** Notes the use of a key unless that was noted after `before`. */
export async function touchApiKey(tx: DatabaseTransaction, id: string, usedAt: Date, before: Date): Promise<void> {
  await tx.apiKey.updateMany({
    where: { id, OR: [{ lastUsedAt: null }, { lastUsedAt: { lt: before } }, { lastUsedAt: { gt: usedAt } }] },
    data: { lastUsedAt: usedAt },
  });
}

/** Revokes a tenant's key if it is not revoked yet. Returns whether it was revoked now. */
export async function markApiKeyRevoked(
  tx: DatabaseTransaction,
  key: { id: string; tenantId: string | null; revokedAt: Date },
): Promise<boolean> {
  const { count } = await tx.apiKey.updateMany({
    where: { id: key.id, ownerId: key.tenantId, revokedAt: null },
    data: { revokedAt: key.revokedAt },
  });
  return count === 1;
}

type ApiKeyRow = Omit<ApiKeyView, "tenantId"> & { ownerId: string | null };

function toApiKeyView({ ownerId, ...row }: ApiKeyRow): ApiKeyView {
  return { ...row, tenantId: ownerId };
}
