/** Makes a tenant: a name, a slug, an owner. It is on the free plan from then on, which needs no row and no Stripe. */
import { type DatabaseTransaction, inTransaction } from "@/db/transaction";
import { recordAudit } from "../audit";
import type { BillingContext } from "../context";
import { BillingError } from "../kernel/errors";
import { newId } from "../kernel/ids";
import { type CreateTenantInput, createTenantSchema, type Tenant } from "./model";
import { slugFromName, slugRefusal } from "./rules";
import { findTenantBySlug, insertTenant, putMembership } from "./store";

const SLUG_ATTEMPT_LIMIT = 1_000;

/**
 * Creates a tenant. Without a slug one is made from the name, with a number when it is taken. Throws
 * `tenant.invalid_slug`, or `tenant.slug_taken` for a slug that was asked for. Calls no Stripe: a customer is made when
 * the tenant first pays.
 */
export async function createTenant(ctx: BillingContext, input: CreateTenantInput): Promise<Tenant> {
  const parsed = createTenantSchema.safeParse(input);
  if (!parsed.success) throw invalidInput(parsed.error.issues);
  const wanted = parsed.data;
  refuseSlug(wanted.slug);
  refuseTimeZone(wanted.timeZone);
  const stripeTestClockId = wanted.stripeTestClockId ?? null;
  const now = ctx.clock.now(stripeTestClockId);
  return inTransaction(ctx.db.prisma, async (tx) => {
    const tenant = await insertUnderFreeSlug(tx, wanted.slug ?? null, {
      id: newId("ten"),
      name: wanted.name,
      billingEmail: wanted.billingEmail,
      timeZone: wanted.timeZone,
      stripeCustomerId: null,
      stripeTestClockId,
      createdAt: now,
    });
    if (wanted.ownerUserId) {
      await putMembership(tx, { tenantId: tenant.id, userId: wanted.ownerUserId, role: "owner", createdAt: now });
    }
    await recordAudit(tx, {
      tenantId: tenant.id,
      occurredAt: now,
      actor: ctx.actor,
      action: "tenant.create",
      target: `tenant:${tenant.id}`,
      reason: wanted.ownerUserId ? "Signed up" : "Created by an operator",
      details: { slug: tenant.slug, name: tenant.name, billingEmail: tenant.billingEmail },
    });
    return tenant;
  });
}

async function insertUnderFreeSlug(
  tx: DatabaseTransaction,
  slug: string | null,
  tenant: Omit<Tenant, "slug">,
): Promise<Tenant> {
  for (let attempt = 1; attempt <= SLUG_ATTEMPT_LIMIT; attempt += 1) {
    const named = { ...tenant, slug: slug ?? slugFromName(tenant.name, attempt) };
    const isFree = (await findTenantBySlug(tx, named.slug)) === null;
    if (isFree && (await insertTenant(tx, named))) return named;
    if (slug !== null) break;
  }
  const taken = slug ?? slugFromName(tenant.name, 1);
  throw new BillingError("conflict", "tenant.slug_taken", `The short name "${taken}" is taken.`, {
    details: { slug: taken },
  });
}

function refuseSlug(slug: string | undefined): void {
  const refusal = slug === undefined ? null : slugRefusal(slug);
  if (refusal === null) return;
  const message =
    refusal === "reserved"
      ? `"${slug}" is a reserved word. Choose another short name.`
      : "A short name has 2 to 40 lower case letters, digits and single dashes.";
  throw new BillingError("invalid", "tenant.invalid_slug", message, { details: { slug: slug ?? null } });
}

function refuseTimeZone(timeZone: string): void {
  try {
    new Intl.DateTimeFormat("en", { timeZone });
  } catch {
    const message = `"${timeZone}" is not a time zone. Use a name such as Europe/Vienna.`;
    throw new BillingError("invalid", "request.invalid", message, { details: { timeZone } });
  }
}

function invalidInput(issues: ReadonlyArray<{ path: PropertyKey[]; message: string }>): BillingError {
  const fields = issues.map(({ path }) => path.join(".") || "input");
  const field = fields.find((one) => one !== "slug") ?? "slug";
  // Who left the name out did not mistake the short name, although that one is missing too.
  const code = field === "slug" ? "tenant.invalid_slug" : "request.invalid";
  const message = issues.map((issue, position) => `${fields[position]}: ${issue.message}`).join("; ");
  return new BillingError("invalid", code, message, { details: { field } });
}
