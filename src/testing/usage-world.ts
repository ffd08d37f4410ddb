/**
 * A world for tests of usage: meters of every aggregation, plans that refuse and plans that charge, and a clock that stands
 * where a test puts it. Terms are entered directly, so that no payment stands between a test and its month.
 */

import { beforeEach } from "vitest";
import { activePlan, defineCatalog, getCatalog } from "@/billing/catalog";
import type { Allowance } from "@/billing/catalog/model";
import type { BillingContext } from "@/billing/context";
import { createTenant, type Tenant } from "@/billing/tenants";
import { closePeriod, type EnterTermsInput, enterTerms, type OverageCharge, recordUsage } from "@/billing/usage";
import type { UsageRecorded } from "@/billing/usage/model";
import { inTransaction } from "@/db/transaction";
import { renew, share } from "./share";
import { createWorld, type World, withoutComplaints } from "./world";

/** Everything a test of usage works with. */
export interface UsageWorld extends World {
  /** The context whose clock is `now`. */
  ctx: BillingContext;
  /** The time of every tenant here; set it to move. */
  now: Date;
  /** A tenant on the plan since `START_AT`; free without one. */
  on(plan?: string, more?: Partial<EnterTermsInput>): Promise<Tenant>;
  /** Enters the terms of a plan at an instant. */
  enter(tenant: Tenant, plan: string, effectiveAt: Date, more?: Partial<EnterTermsInput>): Promise<void>;
  report(tenant: Tenant, meterKey: string, quantity: string, key?: string): Promise<UsageRecorded>;
  closeMonth(tenant: Tenant, periodStartAt: Date, operationId: string): Promise<OverageCharge[]>;
}

/** When terms begin here; the first month ends at `END_AT`. */
export const START_AT = new Date("2027-01-31T10:00:00Z");
/** The end of the first month: February has no 31st. */
export const END_AT = new Date("2027-02-28T10:00:00Z");

function allowances(limit: "hard" | "soft", included: string, prices: Record<string, string>): Allowance[] {
  return ["job", "disk", "search", "seat"].map((meter) => ({
    ...{ meter, included, limit },
    overage: limit === "hard" ? null : { model: "per_unit", unitPrice: prices[meter] ?? "1" },
  }));
}

const meters = (["sum", "max", "count", "last"] as const).map((aggregation, index) => {
  const key = ["job", "disk", "search", "seat"][index] ?? "";
  const names = { key, displayName: key, overageName: `Additional ${key}`, unit: key, unitPlural: `${key}s` };
  return { ...names, aggregation, limitKey: null, planField: null };
});

function plan(key: string, monthlyPrice: string, allowed: Allowance[]) {
  const words = { key, name: key, tagline: "", support: "", features: [], maxUsers: null };
  return { ...words, monthlyPrice, annualPrice: null, allowances: allowed };
}

/** Free refuses beyond 5, `hard` beyond 50; `team` charges beyond 10 and `big` beyond 1,000; jobs cost 0.001. */
export const usageCatalog = defineCatalog({
  ...{ key: "usage_test", productName: "Usage", currency: "usd", freePlan: "free", meters },
  tax: { displayName: "Tax", percentage: "8" },
  plans: [
    plan("free", "0", allowances("hard", "5", {})),
    plan("hard", "10.00", allowances("hard", "50", {})),
    plan("team", "20.00", allowances("soft", "10", { job: "0.001" })),
    plan("big", "30.00", allowances("soft", "1000", { job: "0.001" })),
  ],
});

/** A world of usage for all cases of the suite that calls this. It is `START_AT` when a case begins. */
export function shareUsageWorld(): UsageWorld {
  const world = withoutComplaints(share(createUsageWorld));
  beforeEach(() => {
    world.now = START_AT;
  });
  return world;
}

/** A new world of usage for each case. */
export function renewUsageWorld(): UsageWorld {
  return withoutComplaints(renew(createUsageWorld));
}

async function createUsageWorld(): Promise<UsageWorld> {
  const world = await createWorld({ catalog: usageCatalog });
  let now = START_AT;
  const clock = { now: () => new Date(now) };
  const ctx: BillingContext = { ...world.ctx, clock };
  let serial = 0;
  const usage: UsageWorld = {
    ...world,
    ctx,
    get now() {
      return now;
    },
    set now(at) {
      now = at;
    },
    on: async (planKey, more) => {
      const slug = `usage-${++serial}`;
      const tenant = await createTenant(ctx, { slug, name: slug, billingEmail: `billing@${slug}.example` });
      if (planKey !== undefined) await usage.enter(tenant, planKey, START_AT, more);
      return tenant;
    },
    enter: async (tenant, planKey, effectiveAt, more) => {
      const { id: planVersionId } = activePlan(await getCatalog(ctx), planKey);
      const subscriptionId = planKey === "free" ? null : `sub_${tenant.slug}`;
      const input = { tenantId: tenant.id, planVersionId, subscriptionId, anchorAt: START_AT, effectiveAt };
      await inTransaction(ctx.db, (tx) => enterTerms(tx, { ...input, interval: "month", ...more }));
    },
    report: (tenant, meterKey, quantity, key) =>
      recordUsage(ctx, { tenantId: tenant.id, meterKey, quantity, unit: null, metadata: {}, key: key ?? null }),
    closeMonth: (tenant, periodStartAt, operationId) =>
      inTransaction(ctx.db, (tx) => {
        const input = { tenantId: tenant.id, periodStartAt, operationId, now };
        return closePeriod(tx, input);
      }),
  };
  return usage;
}
