/**
 * A verb whose process dies at any step is completed or undone, never both.
 *
 * A child of its own carries the verb out against the same PostgreSQL and the same Stripe and is killed behind its n-th
 * write, for every n. Then somebody else repairs it: the same request comes again, or the worker recovers what was
 * promised. Either way the tenant must look like one to whom nothing happened: the same charges, one subscription, one
 * history, nothing left open.
 */
import { beforeAll, describe, expect, it } from "vitest";
import { recoverOperations } from "@/billing/invoices";
import {
  cancelSubscription,
  changePlan,
  commitQuote,
  createSubscription,
  quoteSubscription,
  subscriptionWishSchema,
} from "@/billing/subscriptions";
import type { Tenant } from "@/billing/tenants";
import { recordUsage } from "@/billing/usage";
import { share } from "../share";
import type { ListenerMode } from "../webhook-listener";
import { shareWorld } from "../world";
import { SMALL_CATALOG } from "./catalog";
import type { CrashJob, CrashReport } from "./crash-child";
import { openCrashPool } from "./crash-pool";
import { expectRowsAsAtStripe, pictureOf } from "./picture";

const world = shareWorld({ catalog: SMALL_CATALOG });
const pool = share(openCrashPool);

/** How many tenants are killed side by side: each waits for a process most of its time. */
const AT_ONCE = 3;

type Request = Pick<CrashJob, "verb" | "input">;

/** A tenant that is ready, and the request that will be killed. */
interface Victim {
  tenant: Tenant;
  request: Request;
}

const plain = (tenant: Tenant) => ({
  tenantId: tenant.id,
  requestId: world.requestId(),
  reason: "Asked for in a test",
});

function start(tenant: Tenant, planKey: string, paymentMethodId: string) {
  const seats = planKey === "solo" ? {} : { seats: 23 };
  return { ...plain(tenant), planKey, interval: "month" as const, paymentMethodId, canConfirm: false, ...seats };
}

async function subscriber(planKey: string): Promise<Tenant> {
  const tenant = await world.tenant({ ownClock: true });
  await createSubscription(world.ctx, { ...start(tenant, planKey, "pm_card_visa"), trial: false });
  await world.drain();
  const to = new Date(world.clock.now(tenant.stripeTestClockId).getTime() + 10 * 86_400_000);
  await world.control.advanceTo(tenant.stripeTestClockId, to);
  await world.clock.refresh();
  return tenant;
}

async function quoted(tenant: Tenant, wish: object): Promise<Request> {
  const parsed = subscriptionWishSchema.parse(wish);
  const { id: quoteId } = await quoteSubscription(world.ctx, { tenantId: tenant.id, wish: parsed });
  return { verb: "commitQuote", input: { ...plain(tenant), quoteId, paymentMethodId: null, canConfirm: false } };
}

async function use(tenant: Tenant, quantity: string): Promise<void> {
  const report = { tenantId: tenant.id, meterKey: "call", quantity, unit: null, metadata: {}, key: null };
  await recordUsage(world.ctx, report);
}

/** What is killed: a tenant that is ready for it, and the request. */
const SCENARIOS: Array<[name: string, make: () => Promise<Victim>]> = [
  [
    "starting a plan with seats",
    async () => {
      const tenant = await world.tenant({ ownClock: true });
      return { tenant, request: { verb: "createSubscription", input: start(tenant, "team", "pm_card_visa") } };
    },
  ],
  [
    "starting a trial",
    async () => {
      const tenant = await world.tenant({ ownClock: true });
      return { tenant, request: { verb: "createSubscription", input: start(tenant, "company", "pm_card_visa") } };
    },
  ],
  [
    "starting a plan with a card that is declined",
    async () => {
      const tenant = await world.tenant({ ownClock: true });
      const input = start(tenant, "solo", "pm_card_chargeCustomerFail");
      return { tenant, request: { verb: "createSubscription", input } };
    },
  ],
  [
    "an upgrade that was quoted, while a downgrade waits",
    async () => {
      const tenant = await subscriber("team");
      await changePlan(world.ctx, { ...plain(tenant), planKey: "solo" });
      return { tenant, request: await quoted(tenant, { verb: "change", planKey: "company" }) };
    },
  ],
  [
    "a downgrade that is scheduled, while an end waits",
    async () => {
      const tenant = await subscriber("company");
      await cancelSubscription(world.ctx, { ...plain(tenant), immediate: false });
      return { tenant, request: { verb: "changePlan", input: { ...plain(tenant), planKey: "team" } } };
    },
  ],
  [
    "an end now with overage and a refund",
    async () => {
      const tenant = await subscriber("team");
      await use(tenant, "140");
      return { tenant, request: await quoted(tenant, { verb: "cancel", when: "now", settlement: "refund" }) };
    },
  ],
];

function kill(request: Request, dieAt: number | null): Promise<CrashReport | null> {
  const surroundings = { databaseUrl: world.db.url, sandboxUrl: world.sandbox.url, settings: world.ctx.settings };
  return pool.run({ ...request, ...surroundings, dieAt } as CrashJob);
}

/** The same request, by whoever comes next; a refusal is an answer too. */
async function repeat({ verb, input }: Request): Promise<string | null> {
  try {
    if (verb === "createSubscription") await createSubscription(world.ctx, input as never);
    else if (verb === "changePlan") await changePlan(world.ctx, input as never);
    else await commitQuote(world.ctx, input as never);
    return null;
  } catch (error) {
    return String(error);
  }
}

async function passGrace(tenants: Tenant[]): Promise<void> {
  for (const { stripeTestClockId } of tenants) {
    const to = new Date(world.clock.now(stripeTestClockId).getTime() + 11 * 60_000);
    await world.control.advanceTo(stripeTestClockId, to);
  }
  await world.clock.refresh();
}

/** Kills the request behind a step and leaves the tenant to the worker. */
async function leave(make: () => Promise<Victim>, dieAt: number, told: string) {
  const { tenant, request } = await make();
  expect(await kill(request, dieAt), told).toBeNull();
  const { requestId } = request.input;
  const promised = await world.db.prisma.operation.count({ where: { tenantId: tenant.id, requestId } });
  return { tenant, isPromised: promised > 0, told };
}

/**
 * Declares the suite. `ways`: at every step both repairs are tried, or one of them in turn. `webhooks`: whether they arrive
 * between a death and its repair. `names` are parts of the names of scenarios to try.
 */
export function describeCrashes(options: { ways: "both" | "in turn"; webhooks: ListenerMode; names: string[] }): void {
  beforeAll(() => {
    world.webhooks.mode = options.webhooks;
  });
  const chosen = SCENARIOS.filter(([name]) => options.names.some((part) => name.includes(part)));
  describe.each(chosen)("%s, killed at every step,", (_name, make) => {
    it("is completed or undone, by a repetition or by the worker", { timeout: 600_000 }, async () => {
      const untouched = await make();
      const before = await pictureOf(world, untouched.tenant);
      const report = await kill(untouched.request, null);
      const after = await pictureOf(world, untouched.tenant);
      const steps = report?.steps ?? [];
      // Holding the lease, the promise, at least one call to Stripe, the record, giving the lease back.
      expect(steps.length).toBeGreaterThanOrEqual(4);
      const left: Array<Awaited<ReturnType<typeof leave>>> = [];
      const dieAt = async (step: number) => {
        const told = `died behind ${step} ${steps[step - 1] ?? "nothing"}`;
        if (options.ways === "both" || step % 2 === 1) left.push(await leave(make, step, told));
        if (options.ways === "in turn" && step % 2 === 1) return;
        const { tenant, request } = await make();
        expect(await kill(request, step), told).toBeNull();
        expect(await repeat(request), told).toBe(report?.error ?? null);
        expect(await pictureOf(world, tenant), told).toEqual(after);
        await expectRowsAsAtStripe(world, tenant);
      };
      const waiting = [...steps.keys(), steps.length];
      const work = async () => {
        for (let step = waiting.shift(); step !== undefined; step = waiting.shift()) await dieAt(step);
      };
      await Promise.all(Array.from({ length: AT_ONCE }, work));
      await passGrace(left.map(({ tenant }) => tenant));
      await recoverOperations(world.ctx);
      // A refusal that the worker meets is worth a warning.
      world.complaints.splice(0, world.complaints.length);
      for (const { tenant, isPromised, told } of left) {
        expect(await pictureOf(world, tenant), told).toEqual(isPromised ? after : before);
        await expectRowsAsAtStripe(world, tenant);
      }
      expect(await world.db.prisma.operation.count({ where: { status: "planned" } })).toBe(0);
    });
  });
}
