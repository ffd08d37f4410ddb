/**
 * Keys with which services call the REST API.
 *
 * A key is shown once and kept as its SHA-256 alone. A fast hash is right here: the secret has 186 random bits, so there
 * is nothing to guess, and the lookup by hash compares nothing in secret-dependent time.
 */
import { createHash } from "node:crypto";
import type { Database } from "@/db/client";
import { inTransaction } from "@/db/transaction";
import { INSTALLATION, recordAudit } from "../audit";
import type { BillingContext } from "../context";
import type { Actor } from "../kernel/actor";
import type { Clock } from "../kernel/clock";
import { BillingError } from "../kernel/errors";
import { newId } from "../kernel/ids";
import type { ApiKeyView } from "./model";
import { getTenant } from "./resolve-tenant";
import { displayApiKey, isApiKeyShaped, newApiKey } from "./rules";
import { findApiKeyByHash, findTenant, insertApiKey, loadApiKeys, markApiKeyRevoked, touchApiKey } from "./store";

const TOUCH_EVERY_MS = 60_000;

/** Makes a key for a tenant, or for operators when the tenant is null. The key in clear is in this answer and nowhere else. */
export async function createApiKey(
  ctx: BillingContext,
  input: { tenantId: string | null; name: string },
): Promise<{ key: string; view: ApiKeyView }> {
  const now = await nowOf(ctx, input.tenantId);
  const key = newApiKey();
  const row = { id: newId("key"), secretHash: hash(key), display: displayApiKey(key), createdAt: now, ...input };
  const view = await inTransaction(ctx.db.prisma, async (tx) => {
    const made = await insertApiKey(tx, row);
    await recordAudit(tx, {
      tenantId: input.tenantId ?? INSTALLATION,
      occurredAt: now,
      actor: ctx.actor,
      action: "api_key.create",
      target: `api_key:${made.id}`,
      reason: "A service needs access",
      details: { name: made.name, display: made.display },
    });
    return made;
  });
  return { key, view };
}

/**
 * Who calls with this key, or null when it is unknown, revoked, or belongs to a deleted tenant. Its use is noted at most
 * once a minute, so that a busy key does not become a hot row.
 */
export async function authenticateApiKey(db: Database, clock: Clock, key: string): Promise<Actor | null> {
  if (!isApiKeyShaped(key)) return null;
  const view = await findApiKeyByHash(db.prisma, hash(key));
  if (!view || view.revokedAt) return null;
  if (view.tenantId !== null && !(await findTenant(db.prisma, view.tenantId))) return null;
  const now = clock.now();
  const before = new Date(now.getTime() - TOUCH_EVERY_MS);
  // After the clock was set back, a use in what is now the future must not hide every use until then.
  if (!view.lastUsedAt || view.lastUsedAt < before || view.lastUsedAt > now) {
    await touchApiKey(db.prisma, view.id, now, before);
  }
  return { kind: "api_key", keyId: view.id, tenantId: view.tenantId, label: view.name };
}

/** The keys of a tenant, or the operators' keys for null, newest first. */
export async function listApiKeys(ctx: Pick<BillingContext, "db">, tenantId: string | null): Promise<ApiKeyView[]> {
  return loadApiKeys(ctx.db.prisma, tenantId);
}

/** Ends a key at once. Revoking it again changes nothing. Throws `auth.unknown_key` when the tenant has no such key. */
export async function revokeApiKey(
  ctx: BillingContext,
  input: { tenantId: string | null; keyId: string },
): Promise<ApiKeyView> {
  const now = await nowOf(ctx, input.tenantId);
  return inTransaction(ctx.db.prisma, async (tx) => {
    const isNow = await markApiKeyRevoked(tx, { id: input.keyId, tenantId: input.tenantId, revokedAt: now });
    const view = (await loadApiKeys(tx, input.tenantId)).find((key) => key.id === input.keyId);
    if (!view) throw new BillingError("not_found", "auth.unknown_key", "There is no such API key.");
    if (isNow) {
      await recordAudit(tx, {
        tenantId: input.tenantId ?? INSTALLATION,
        occurredAt: now,
        actor: ctx.actor,
        action: "api_key.revoke",
        target: `api_key:${view.id}`,
        reason: "No longer wanted",
        details: { name: view.name, display: view.display },
      });
    }
    return view;
  });
}

async function nowOf(ctx: BillingContext, tenantId: string | null): Promise<Date> {
  if (tenantId === null) return ctx.clock.now();
  return ctx.clock.now((await getTenant(ctx, tenantId)).stripeTestClockId);
}

function hash(key: string): string {
  return createHash("sha256").update(key).digest("hex");
}
