/** A tenant has one customer at Stripe, whoever asks first, how many at once, and whatever crashes between. */
import { describe, expect, it } from "vitest";
import { loseAnswerOnce } from "@/testing/lost-answer";
import { shareWorld } from "@/testing/world";
import { listAudit } from "../audit";
import { ensureStripeCustomer, findTenantByCustomer, getTenant, type Tenant } from ".";

const world = shareWorld();

/** The customers that Stripe keeps for a tenant. */
async function customersOf(tenant: Tenant): Promise<string[]> {
  const headers = { Authorization: "Bearer sk_test_sandbox" };
  const response = await fetch(`${world.sandbox.url}/v1/customers?limit=100`, { headers });
  const { data } = (await response.json()) as { data: Array<{ id: string; metadata: Record<string, string> }> };
  return data.filter(({ metadata }) => metadata.tenant_id === tenant.id).map(({ id }) => id);
}

async function entriesOf(tenant: Tenant) {
  const entries = await listAudit(world.ctx, { tenantId: tenant.id, limit: 100 });
  return entries.filter((entry) => entry.action === "customer.create");
}

describe("ensureStripeCustomer", () => {
  it("makes the customer with the tenant's name and address, keeps its id and tells the audit log", async () => {
    const tenant = await world.tenant({ name: "Acme Labs" });
    const id = await ensureStripeCustomer(world.ctx, tenant);
    const { billingEmail: email, id: tenantId } = tenant;
    const customer = { stripeCustomerId: id, name: "Acme Labs", email, tenantId, testClockId: null };
    expect(await world.ctx.stripe.fetchCustomer(id)).toMatchObject(customer);
    expect((await getTenant(world.ctx, tenantId)).stripeCustomerId).toBe(id);
    expect((await findTenantByCustomer(world.db.prisma, id))?.id).toBe(tenantId);
    expect(await entriesOf(tenant)).toMatchObject([{ target: `customer:${id}`, actor: "system:test" }]);
  });

  it("called by ten at once makes one customer, one row, one entry", async () => {
    const tenant = await world.tenant();
    const ids = await Promise.all(Array.from({ length: 10 }, () => ensureStripeCustomer(world.ctx, tenant)));
    expect(new Set(ids).size).toBe(1);
    expect(await customersOf(tenant)).toEqual([ids[0]]);
    expect(await entriesOf(tenant)).toHaveLength(1);
  });

  it("called again makes nothing, also by a caller who still holds the tenant without customer", async () => {
    const tenant = await world.tenant();
    const id = await ensureStripeCustomer(world.ctx, tenant);
    expect(await ensureStripeCustomer(world.ctx, tenant)).toBe(id);
    expect(await ensureStripeCustomer(world.ctx, await getTenant(world.ctx, tenant.id))).toBe(id);
    expect(await customersOf(tenant)).toEqual([id]);
    expect(await entriesOf(tenant)).toHaveLength(1);
  });

  it("finds the customer again whose answer was lost", async () => {
    const tenant = await world.tenant();
    const ctx = { ...world.ctx, stripe: loseAnswerOnce(world.ctx.stripe, "createCustomer") };
    const lost = ensureStripeCustomer(ctx, tenant);
    await expect(lost).rejects.toMatchObject({ kind: "upstream", retryable: true });
    expect((await getTenant(world.ctx, tenant.id)).stripeCustomerId).toBeNull();
    expect(await entriesOf(tenant)).toEqual([]);
    const id = await ensureStripeCustomer(ctx, tenant);
    expect(await customersOf(tenant)).toEqual([id]);
  });

  it("puts the customer on the tenant's own test clock", async () => {
    const tenant = await world.tenant({ ownClock: true });
    const id = await ensureStripeCustomer(world.ctx, tenant);
    const { stripeTestClockId: testClockId } = tenant;
    expect(testClockId).not.toBeNull();
    expect(await world.ctx.stripe.fetchCustomer(id)).toMatchObject({ testClockId });
  });

  it("refuses a tenant that is not there, and makes no customer for it", async () => {
    const tenant = { ...(await world.tenant()), id: "ten_unknown" };
    await expect(ensureStripeCustomer(world.ctx, tenant)).rejects.toMatchObject({ code: "invariant.broken" });
    expect(await customersOf(tenant)).toEqual([]);
  });
});
