import { beforeAll, describe, expect, it } from "vitest";
import { addMember } from "@/billing/tenants";
import type { MembershipRole, Tenant } from "@/billing/tenants/model";
import { shareWorld } from "@/testing/world";
import type { SessionUser } from "../auth/session";
import type { Runtime } from "../context";
import { appRouter, createCaller } from "./root";

const world = shareWorld();
let tenant: Tenant;
let runtime: Runtime;

beforeAll(async () => {
  tenant = await world.tenant({ slug: "guarded" });
  const { ctx } = world;
  runtime = {
    mode: "stripe",
    db: ctx.db,
    stripe: ctx.stripe,
    clock: ctx.clock,
    sandboxClock: null,
    log: ctx.log,
    settings: ctx.settings,
    catalogFile: "dnalang",
    contextFor: (actor) => ({ ...ctx, actor }),
    acceptWebhook: () => Promise.reject(new Error("No webhooks in this test")),
    close: async () => {},
  };
});

async function person(options: { role?: MembershipRole; isOperator?: boolean } = {}): Promise<SessionUser> {
  const { role, isOperator = false } = options;
  const email = `${crypto.randomUUID()}@example.com`;
  const user = await world.ctx.db.prisma.user.create({ data: { email, isOperator } });
  if (role) await addMember(world.ctx, { tenantId: tenant.id, userId: user.id, role, reason: "A test" });
  return { id: user.id, email, name: null, isOperator };
}

const procedures = Object.keys(appRouter._def.procedures);
const OPEN = ["account.current", "account.openOrganisation", "catalog.current"];
const OF_OPERATORS = /^(revenue|operator)\.|^payments\.(previewRefund|refund|charge)$|^dunning\.(cases?|retry|stop)$/;
const OF_TENANT = procedures.filter(
  (path) => !OPEN.includes(path) && !OF_OPERATORS.test(path) && !/^(development|fixPayment)\./.test(path),
);
const WRITES = [
  "apiKeys.create",
  "apiKeys.list",
  "apiKeys.revoke",
  "billingDetails.save",
  "dunning.link",
  "invoices.pay",
  "payments.abandonBankAccount",
  "payments.add",
  "payments.refreshBankAccounts",
  "payments.remove",
  "payments.setDefault",
  "payments.startSetup",
  "payments.verifyBankAccount",
  "subscriptions.cancel",
  "subscriptions.cancelScheduled",
  "subscriptions.commit",
  "subscriptions.confirmation",
  "subscriptions.endTrial",
  "subscriptions.quote",
  "subscriptions.resume",
  "subscriptions.unpause",
];

/** Calls a procedure by its path; the guards stand before the input is read, so the tenant is all it needs. */
async function codeOf(path: string, user: SessionUser | null, reference = tenant.slug): Promise<string> {
  const caller: unknown = createCaller({ runtime, user, requestId: "req_test" });
  const call = path.split(".").reduce<unknown>((part, name) => (part as Record<string, unknown>)[name], caller);
  return (call as (input: object) => Promise<unknown>)({ tenant: reference }).then(
    () => "ok",
    (error: { code?: string }) => error.code ?? "no code",
  );
}

describe("who may call what", () => {
  it("names every procedure of a tenant", () => {
    expect(OF_TENANT.length).toBeGreaterThan(20);
    expect(OF_TENANT).toEqual(expect.arrayContaining(WRITES));
  });

  it.each(OF_TENANT)("%s is closed to visitors and strangers", async (path) => {
    expect(await codeOf(path, null)).toBe("UNAUTHORIZED");
    const stranger = await person();
    expect(await codeOf(path, stranger)).toBe("NOT_FOUND");
    expect(await codeOf(path, stranger, tenant.id)).toBe("NOT_FOUND");
    expect(await codeOf(path, stranger, "no-such-tenant")).toBe("NOT_FOUND");
  });

  it.each(WRITES)("%s is for owners and admins", async (path) => {
    expect(await codeOf(path, await person({ role: "member" }))).toBe("FORBIDDEN");
    expect(await codeOf(path, await person({ isOperator: true }))).toBe("FORBIDDEN");
    expect(await codeOf(path, await person({ role: "owner" }))).not.toBe("FORBIDDEN");
    expect(await codeOf(path, await person({ role: "admin" }))).not.toBe("FORBIDDEN");
  });

  it.each(OF_TENANT.filter((path) => !WRITES.includes(path)))(
    "%s may be read by members and operators",
    async (path) => {
      expect(["ok", "BAD_REQUEST", "PRECONDITION_FAILED"]).toContain(
        await codeOf(path, await person({ role: "member" })),
      );
      expect(["ok", "BAD_REQUEST", "PRECONDITION_FAILED"]).toContain(
        await codeOf(path, await person({ isOperator: true })),
      );
    },
  );

  it.each(procedures.filter((path) => OF_OPERATORS.test(path)))("%s is for operators", async (path) => {
    expect(await codeOf(path, null)).toBe("UNAUTHORIZED");
    expect(await codeOf(path, await person({ role: "owner" }))).toBe("FORBIDDEN");
    expect(await codeOf(path, await person({ isOperator: true }))).not.toBe("FORBIDDEN");
  });

  it.each(procedures.filter((path) => path.startsWith("fixPayment.")))(
    "%s asks for a link and for nobody",
    async (path) => {
      expect(await codeOf(path, null)).toBe("BAD_REQUEST");
    },
  );

  it.each(procedures.filter((path) => path.startsWith("development.")))(
    "%s does not exist beside the real Stripe",
    async (path) => {
      expect(await codeOf(path, await person({ isOperator: true }))).toBe("NOT_FOUND");
    },
  );
});

describe("what a refusal says", () => {
  it("keeps the domain's words and hides faults of the program", async () => {
    const owner = await person({ role: "owner" });
    const caller = createCaller({ runtime, user: owner, requestId: "req_test" });
    const refused = caller.invoices.get({ tenant: tenant.slug, invoiceId: "INV-2000-01-nobody" });
    await expect(refused).rejects.toMatchObject({ code: "NOT_FOUND", cause: { code: "invoice.not_found" } });
    const broken = { ...runtime, contextFor: () => null as never };
    const failing = createCaller({ runtime: broken, user: owner, requestId: "req_test" });
    await expect(failing.subscriptions.current({ tenant: tenant.slug })).rejects.toMatchObject({
      code: "INTERNAL_SERVER_ERROR",
      message: expect.stringMatching(/our side/),
    });
    expect(world.complaints.splice(0)).toMatchObject([expect.stringContaining("A procedure broke: TypeError")]);
  });
});
