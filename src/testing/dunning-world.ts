/** Tenants whose renewal has failed, for tests of dunning: walked there through a real month, each on a clock of its own. */
import { addPaymentMethod } from "@/billing/payments";
import type { Tenant } from "@/billing/tenants";
import type { World } from "./world";

/** Every letter a tenant got, the oldest first: its kind and its text. */
export async function lettersTo(
  world: World,
  tenant: Tenant,
): Promise<Array<{ kind: string; subject: string; text: string }>> {
  return world.db.prisma.mailMessage.findMany({
    where: { recipientTenantId: tenant.id },
    orderBy: [{ createdAt: "asc" }, { id: "asc" }],
    select: { kind: true, subject: true, text: true },
  });
}

/** The kinds of these letters. */
export async function kindsTo(world: World, tenant: Tenant): Promise<string[]> {
  return (await lettersTo(world, tenant)).map((letter) => letter.kind);
}

/** Saves a test card as the default. */
export async function saveCard(world: World, tenant: Tenant, paymentMethodId: string): Promise<void> {
  const call = { tenantId: tenant.id, paymentMethodId, makeDefault: true };
  await addPaymentMethod(world.ctx, { ...call, requestId: world.requestId(), reason: "A test" });
  await world.drain();
}

/** A tenant on Professional whose first renewal was just declined. */
export async function tenantWithFailedRenewal(
  world: World,
  slug: string,
  card = "pm_card_chargeCustomerFail",
): Promise<Tenant> {
  const tenant = await world.tenant({ slug, plan: "professional", ownClock: true });
  await saveCard(world, tenant, card);
  await world.advance("1 month", tenant);
  await world.advance("2 hours", tenant);
  return tenant;
}

/** The one case of a tenant. */
export async function caseOf(world: World, tenant: Tenant) {
  return world.db.prisma.dunningCase.findFirstOrThrow({
    where: { tenantId: tenant.id },
    orderBy: { firstFailedAt: "asc" },
  });
}

/** The link in a tenant's newest letter, as the page is handed it. */
export async function newestLink(world: World, tenant: Tenant): Promise<string> {
  const text = (await lettersTo(world, tenant)).at(-1)?.text ?? "";
  return /\/fix-payment\?link=(\S+)/.exec(text)?.[1] ?? "";
}
