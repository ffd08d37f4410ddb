/**
 * Grows the demo: every tenant lives its script on a test clock of its own, through the same verbs as a real one, and joins
 * the sandbox's main clock when it has reached the present. Tenants that people make meanwhile are not touched.
 *
 * Everything is keyed by tenant and day, so a demo that was interrupted is taken up where it stopped.
 */
import { createHash } from "node:crypto";
import { getCatalog } from "@/billing/catalog";
import type { AppliedCatalog } from "@/billing/catalog/model";
import type { BillingContext } from "@/billing/context";
import { BillingError } from "@/billing/kernel/errors";
import { addDays, addMonths } from "@/billing/kernel/period";
import { addPaymentMethod } from "@/billing/payments";
import { cancelSubscription, changePlan, createSubscription, getSubscription } from "@/billing/subscriptions";
import { createTenant, findTenantBySlug, getTenant, leaveTestClock, saveBillingDetails } from "@/billing/tenants";
import type { Tenant } from "@/billing/tenants/model";
import { recordUsage } from "@/billing/usage";
import { ensureDemoUser } from "@/server/auth/demo-users";
import { refreshClock } from "@/stripe/sandbox-clock";
import type { SandboxControl } from "@/stripe/sandbox-control";
import { walkClock } from "@/workers/walk-clock";
import { DEMO_LEAD_DAYS, DEMO_MONTHS, type DemoStep, type DemoTenant, demoTenants, reportsOfDay } from "./script";

const REASON = "Part of the demo";
const CLOCK_NAME = "demo ";

/** Grows what is missing of the demo and tells its progress after every month of a tenant. */
export async function growDemo(
  ctx: BillingContext,
  control: SandboxControl,
  tell: (sentence: string) => void,
): Promise<{ grown: string[] }> {
  const catalog = await getCatalog(ctx);
  const presentAt = startOfDay(ctx.clock.now());
  const beginAt = addDays(addMonths(presentAt, -DEMO_MONTHS), -DEMO_LEAD_DAYS);
  const scripts = demoTenants(catalog);
  const owners = await ensurePeople(ctx, scripts);
  const lives: Array<{ script: DemoTenant; tenant: Tenant }> = [];
  for (const [index, script] of scripts.entries()) {
    const ownerUserId = owners[index];
    const startAt = addDays(beginAt, script.startDay);
    lives.push({ script, tenant: await ensureTenant(ctx, control, { script, startAt, ownerUserId }) });
  }
  const grown: string[] = [];
  for (const { script, tenant } of lives) {
    if (tenant.stripeTestClockId === null) continue;
    await liveThrough({ ctx, control, catalog, script, tenant, tell });
    // Both clocks show the present, so it makes no difference for the moment in which only we have changed over.
    await leaveTestClock(ctx, tenant.id);
    await control.joinDefaultClock(tenant.stripeTestClockId);
    grown.push(script.slug);
  }
  await joinTheLeft(ctx, control);
  return { grown };
}

/** A demo that was cut off between the two halves of a change of clocks gets the second one now. */
async function joinTheLeft(ctx: BillingContext, control: SandboxControl): Promise<void> {
  for (const { id, name } of await control.listTestClocks()) {
    if (!name?.startsWith(CLOCK_NAME)) continue;
    const tenant = await findTenantBySlug(ctx.db.prisma, name.slice(CLOCK_NAME.length));
    if (tenant?.stripeTestClockId === null) await control.joinDefaultClock(id);
  }
}

interface Life {
  ctx: BillingContext;
  control: SandboxControl;
  catalog: AppliedCatalog;
  script: DemoTenant;
  tenant: Tenant;
  tell: (sentence: string) => void;
}

/** The operator and one owner per tenant, all at once: they can sign in long before their history is complete. */
async function ensurePeople(ctx: BillingContext, scripts: readonly DemoTenant[]): Promise<string[]> {
  const owners = scripts.map(({ slug, name }) =>
    ensureDemoUser(ctx.db, { email: `${slug}@demo.quittance.local`, name: `${name}, owner`, isOperator: false }),
  );
  const operator = { email: "operator@demo.quittance.local", name: "Olivia Operator", isOperator: true };
  await ensureDemoUser(ctx.db, operator);
  return (await Promise.all(owners)).map(({ id }) => id);
}

async function ensureTenant(
  ctx: BillingContext,
  control: SandboxControl,
  { script, startAt, ownerUserId }: { script: DemoTenant; startAt: Date; ownerUserId: string | undefined },
): Promise<Tenant> {
  const existing = await findTenantBySlug(ctx.db.prisma, script.slug);
  if (existing) return existing;
  const stripeTestClockId = await control.createTestClock(`${CLOCK_NAME}${script.slug}`, startAt);
  await refreshClock(ctx.clock);
  const tenant = await createTenant(ctx, {
    slug: script.slug,
    name: script.name,
    billingEmail: `billing@${script.slug}.example`,
    timeZone: script.timeZone,
    ownerUserId,
    stripeTestClockId,
  });
  await settleIn(ctx, tenant, script);
  return getTenant(ctx, tenant.id);
}

/** Says who is billed, which comes before any purchase where taxes go by the place. */
async function settleIn(ctx: BillingContext, tenant: Tenant, { place, timeZone }: DemoTenant): Promise<void> {
  const { vatId, ...address } = place;
  await saveBillingDetails(ctx, {
    ...{ tenantId: tenant.id, legalName: tenant.name, billingEmail: tenant.billingEmail, timeZone, ...address },
    taxIds: vatId === undefined ? [] : [{ type: "eu_vat", value: vatId }],
    ...{ requestId: "demo", reason: REASON },
  });
}

/** Lives day by day until the present: moves the clock, does the day's steps, reports the day's usage. */
async function liveThrough(life: Life): Promise<void> {
  const { ctx, control, script, tenant, tell } = life;
  const clockId = tenant.stripeTestClockId;
  const presentAt = startOfDay(ctx.clock.now());
  for (let day = 0; addDays(tenant.createdAt, day) < presentAt; day += 1) {
    const at = addDays(tenant.createdAt, day);
    if (ctx.clock.now(clockId) < at) await walkClock(ctx, control, { clockId, to: at });
    for (const step of script.steps.filter((candidate) => candidate.day === day)) await takeStep(life, step);
    await reportUsage(life, day);
    if (day % 30 === 29) tell(`${script.name}: month ${(day + 1) / 30} of ${DEMO_MONTHS}`);
  }
  await walkClock(ctx, control, { clockId, to: ctx.clock.now() });
  tell(`${script.name}: today`);
}

async function takeStep({ ctx, tenant, script }: Life, step: DemoStep): Promise<void> {
  const call = { tenantId: tenant.id, requestId: `demo:${script.slug}:${step.day}:${step.kind}`, reason: REASON };
  switch (step.kind) {
    case "subscribe":
      if ((await getSubscription(ctx, tenant.id)).subscription) return;
      await createSubscription(ctx, {
        ...call,
        planKey: step.plan.planKey,
        interval: step.interval,
        paymentMethodId: step.card,
        canConfirm: false,
      });
      return;
    case "change":
      if ((await getSubscription(ctx, tenant.id)).planKey === step.plan.planKey) return;
      await changePlan(ctx, { ...call, planKey: step.plan.planKey, interval: null });
      return;
    case "cancel":
      await cancelSubscription(ctx, { ...call, immediate: false });
      return;
    case "replace_card":
      await addPaymentMethod(ctx, { ...call, paymentMethodId: step.card, makeDefault: true });
  }
}

async function reportUsage({ ctx, catalog, tenant, script }: Life, day: number): Promise<void> {
  const { planVersionId } = await getSubscription(ctx, tenant.id);
  const plan = catalog.plans.find((version) => version.id === planVersionId);
  if (!plan) return;
  for (const report of reportsOfDay(script, plan.terms.allowances, catalog.meters, day)) {
    const key = createHash("sha256").update(`demo:${script.slug}:${day}:${report.meterKey}`).digest("hex").slice(0, 32);
    try {
      await recordUsage(ctx, { tenantId: tenant.id, ...report, metadata: { ...report.metadata, source: "demo" }, key });
    } catch (error) {
      // A free tenant that has used its quota is part of the picture.
      if (!(error instanceof BillingError) || error.code !== "usage.quota_exhausted") throw error;
    }
  }
}

function startOfDay(at: Date): Date {
  return new Date(Date.UTC(at.getUTCFullYear(), at.getUTCMonth(), at.getUTCDate()));
}
