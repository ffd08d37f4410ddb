/**
 * Doing everything that is due, until nothing is: events of the inbox, months that our own clock has to close, and
 * the letters and ends that unpaid invoices lead to.
 *
 * Shared by the worker's tasks, `clock advance` and the tests, so that what they see is what production does.
 */
import { setTimeout as pause } from "node:timers/promises";
import type { BillingContext } from "@/billing/context";
import { takeDueSteps } from "@/billing/dunning";
import { billEndedPeriods } from "@/billing/invoices";
import { tellTenant } from "@/billing/notifications";
import { loadTestClockTenants } from "@/billing/tenants";
import { listTenantsWithEndedPeriods } from "@/billing/usage";
import { inboxState, projectDueEvents } from "@/billing/webhooks";
import { refreshClock } from "@/stripe/sandbox-clock";

const BATCH = 100;
const POLL_MS = 20;
/** Retries that come sooner are waited for; later ones are an outage, and nobody waits for that. */
const PATIENCE_MS = 20_000;
/** Work that another process holds longer than this has crashed there. */
const OTHERS_LIMIT_MS = 60_000;

/**
 * Projects events, bills ended periods and takes dunning steps until none is left, also what another process has under way.
 *
 * Events that failed are waited for while their next try is near. Returns how many events this call projected.
 */
export async function drainAll(ctx: BillingContext): Promise<number> {
  let projected = 0;
  let idleMs = 0;
  let waitsForOthers = false;
  for (;;) {
    await refreshClock(ctx.clock);
    const taken = await projectDueEvents(ctx, BATCH);
    projected += taken;
    if (taken > 0) {
      idleMs = 0;
      continue;
    }
    if (!waitsForOthers) {
      const times = await loadTimes(ctx);
      await billDuePeriods(ctx, times);
      if ((await dunDueCases(ctx, times)) > 0) continue;
    }
    const inbox = await inboxState(ctx.db);
    if (waitsForOthers && inbox.due === 0) {
      // What they did may have left more to be done.
      waitsForOthers = false;
      continue;
    }
    const isRetryNear = inbox.nextTryInMs !== null && inbox.nextTryInMs < PATIENCE_MS;
    if (inbox.due === 0 && !isRetryNear) return projected;
    if (idleMs > OTHERS_LIMIT_MS) return projected;
    waitsForOthers = inbox.due > 0;
    const delayMs = inbox.due > 0 ? POLL_MS : Math.max(POLL_MS, inbox.nextTryInMs ?? 0);
    await pause(delayMs);
    idleMs += delayMs;
  }
}

/** Projects events until no event is free; what failed or belongs to others is left alone. */
export async function drainInbox(ctx: BillingContext): Promise<void> {
  await refreshClock(ctx.clock);
  while ((await projectDueEvents(ctx, BATCH)) > 0);
}

/** What time it is: a tenant on a test clock may live ahead of the others, or behind them. */
export interface Times {
  latest: Date;
  /** By the tenant's own clock. */
  of(tenantId: string): Date;
}

/** Asks every clock that a tenant lives by. */
export async function loadTimes(ctx: BillingContext): Promise<Times> {
  const now = ctx.clock.now();
  const own = new Map<string, Date>();
  let latest = now;
  for (const { tenantId, clockId } of await loadTestClockTenants(ctx.db.prisma)) {
    const at = ctx.clock.now(clockId);
    own.set(tenantId, at);
    if (at > latest) latest = at;
  }
  return { latest, of: (tenantId) => own.get(tenantId) ?? now };
}

/**
 * Bills every tenant's months that ended by its own clock. One tenant's failure is logged and holds up no other; the next
 * run tries it again.
 */
export async function billDuePeriods(ctx: BillingContext, times: Times): Promise<void> {
  for (const { tenantId, endedAt } of await listTenantsWithEndedPeriods(ctx.db, times.latest)) {
    if (endedAt > times.of(tenantId)) continue;
    try {
      await billEndedPeriods(ctx, tenantId);
    } catch (error) {
      ctx.log.error({ err: error, tenantId }, "Ended periods could not be billed");
    }
  }
}

/** Takes the steps that are due in unpaid invoices' cases; returns how many. */
export async function dunDueCases(ctx: BillingContext, times: Times): Promise<number> {
  return takeDueSteps(ctx, tellTenant, times.latest);
}
