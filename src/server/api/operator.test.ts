/** The operator's procedures as the console calls them: a price first, a reason always, and a name in the log. */
import { beforeAll, describe, expect, it } from "vitest";
import { addMember } from "@/billing/tenants";
import type { Tenant } from "@/billing/tenants/model";
import { shareWorld } from "@/testing/world";
import type { Runtime } from "../context";
import { createCaller } from "./root";

const world = shareWorld();
let tenant: Tenant;
let catalogFile = "daur";
let runtime: Runtime;
let operator: ReturnType<typeof createCaller>;

beforeAll(async () => {
  tenant = await world.tenant({ slug: "watched", plan: "professional" });
  const { ctx } = world;
  runtime = {
    ...{ mode: "stripe", db: ctx.db, stripe: ctx.stripe, clock: ctx.clock, sandboxClock: null, log: ctx.log },
    settings: ctx.settings,
    get catalogFile() {
      return catalogFile;
    },
    contextFor: (actor) => ({ ...ctx, actor }),
    acceptWebhook: () => Promise.reject(new Error("No webhooks in this test")),
    close: async () => {},
  };
  const email = "olivia@example.com";
  const { id } = await ctx.db.prisma.user.create({ data: { email, isOperator: true } });
  operator = createCaller({ runtime, user: { id, email, name: null, isOperator: true }, requestId: "req_test" });
});

async function memberOf({ id: tenantId }: Tenant) {
  const email = `${crypto.randomUUID()}@example.com`;
  const { id } = await world.ctx.db.prisma.user.create({ data: { email } });
  await addMember(world.ctx, { tenantId, userId: id, role: "owner", reason: "A test" });
  return createCaller({ runtime, user: { id, email, name: null, isOperator: false }, requestId: "req_test" });
}

const change = { verb: "change" as const, planKey: "enterprise" };

describe("a wish of an operator", () => {
  it("is quoted, asks for a reason, and stands in the log with both", async () => {
    const quote = await operator.operator.quote({ tenant: "watched", wish: change });
    const commit = { tenant: "watched", quoteId: quote.id, requestId: "commit-1" };
    for (const reason of ["", "   "]) {
      await expect(operator.operator.commit({ ...commit, reason })).rejects.toMatchObject({ code: "BAD_REQUEST" });
    }
    const changed = await operator.operator.commit({ ...commit, reason: "Asked by phone" });
    expect(changed).toMatchObject({ chargedNowMinor: quote.dueNowMinor, current: { planKey: "enterprise" } });
    const log = await operator.operator.audit({ tenantId: tenant.id });
    expect(log.find(({ action }) => action === "subscription.change")).toMatchObject({
      reason: "Asked by phone",
      actor: expect.stringMatching(/^operator:/),
      actorLabel: "olivia@example.com",
    });
    const [newest] = await operator.subscriptions.history({ tenant: "watched" });
    expect(newest).toMatchObject({ toPlanKey: "enterprise", reason: "Asked by phone" });
  });

  it("gives a discount without a code, which no tenant can, neither by asking nor by the operator's own quote", async () => {
    const given = await world.tenant({ slug: "given", plan: "professional" });
    const terms = { name: "Apology", off: { kind: "percent", percent: "20" }, duration: { kind: "once" } } as const;
    const wish = { verb: "discount", give: terms } as const;
    const quote = await operator.operator.quote({ tenant: "given", wish });
    // 299.00 less a fifth, and 8 %.
    expect(quote).toMatchObject({ action: "give_discount", dueNowMinor: 0n, nextInvoice: { totalMinor: 25_834n } });
    const theirs = await memberOf(given);
    const asked = { tenant: "given", wish } as unknown as Parameters<typeof theirs.subscriptions.quote>[0];
    await expect(theirs.subscriptions.quote(asked)).rejects.toMatchObject({ code: "BAD_REQUEST" });
    const commit = { tenant: "given", quoteId: quote.id, requestId: "gift-1" };
    await expect(theirs.subscriptions.commit({ ...commit, paymentMethodId: null })).rejects.toMatchObject({
      cause: { code: "auth.forbidden" },
    });
    const { current } = await operator.operator.commit({ ...commit, reason: "The outage of May" });
    const [discount] = current.subscription?.discounts ?? [];
    expect(discount).toMatchObject({ name: "Apology", percentOff: "20", duration: "once" });
    const take = { verb: "discount", take: discount?.stripeDiscountId ?? "" } as const;
    const off = await operator.operator.quote({ tenant: "given", wish: take });
    expect(off).toMatchObject({ action: "take_discount", nextInvoice: { totalMinor: 32_292n } });
    for (const wrong of [{ verb: "discount" }, { verb: "discount", give: terms, take: "di_1" }] as const) {
      await expect(operator.operator.quote({ tenant: "given", wish: wrong })).rejects.toMatchObject({
        code: "BAD_REQUEST",
      });
    }
  });

  it("says at once what only the tenant could do: there is no card, and nobody to type one", async () => {
    await world.tenant({ slug: "cardless" });
    const wish = { verb: "start" as const, planKey: "professional", interval: "month" as const };
    await expect(operator.operator.quote({ tenant: "cardless", wish })).rejects.toMatchObject({
      cause: { code: "payment.method_required" },
    });
  });

  it("may name a contract, but only one of this tenant", async () => {
    await world.tenant({ slug: "neighbour" });
    const terms = { basePlanKey: "enterprise", monthlyPrice: "750.00", annualPrice: null, reason: "Agreed" };
    const own = await operator.operator.makeContract({ tenant: "watched", ...terms });
    const theirs = await operator.operator.makeContract({ tenant: "neighbour", ...terms });
    const wish = { ...change, timing: "now_prorated" as const };
    const quote = await operator.operator.quote({ tenant: "watched", wish, planVersionId: own.id });
    expect(quote.creditMinor).toBeGreaterThan(0n);
    await expect(operator.operator.quote({ tenant: "watched", wish, planVersionId: theirs.id })).rejects.toMatchObject({
      cause: { code: "catalog.unknown_plan" },
    });
    const { versions } = await operator.operator.planVersions();
    expect(versions.find(({ version }) => version.id === own.id)).toMatchObject({ madeFor: { slug: "watched" } });
  });
});

describe("the catalog file", () => {
  it("is held against what is in force, with the tenants it leaves behind, and nothing is applied", async () => {
    const { file, preview, problems } = await operator.operator.pendingCatalog();
    expect({ file, problems }).toEqual({ file: "daur", problems: [] });
    expect(preview?.plans.map(({ planKey, change }) => [planKey, change])).toEqual([
      ["free", "changed"],
      ["basic", "new"],
      ["pro", "new"],
      ["enterprise", "changed"],
      ["professional", "archived"],
      ["research", "archived"],
    ]);
    expect(preview?.settings).toContainEqual({ path: "contact", before: null, after: "sales@daur.example" });
    const behind = preview?.tenants.find(({ planVersionId }) => planVersionId === "enterprise@1");
    expect(behind?.tenants).toEqual([expect.objectContaining({ slug: "watched", status: "active" })]);
    expect((await operator.catalog.current()).key).toBe("dnalang");
  });

  it("tells all its problems when it is broken", async () => {
    catalogFile = "/nowhere/catalog.json";
    const { preview, problems } = await operator.operator.pendingCatalog();
    expect(preview).toBeNull();
    expect(problems).toEqual([{ path: "/nowhere/catalog.json", message: expect.stringContaining("cannot be read") }]);
  });
});

describe("the tenant's page", () => {
  it("tells who they are, here and at Stripe", async () => {
    const profile = await operator.operator.tenant({ tenant: "watched" });
    expect(profile).toMatchObject({
      tenant: { slug: "watched" },
      customer: { email: "billing@watched.example", hasDefaultPaymentMethod: true, currency: "usd" },
      members: [],
    });
    await expect(operator.operator.tenant({ tenant: "nobody" })).rejects.toMatchObject({ code: "NOT_FOUND" });
  });
});
