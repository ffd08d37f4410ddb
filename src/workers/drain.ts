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
  for (;;) {
    await refreshClock(ctx.clock);
    const taken = await projectDueEvents(ctx, BATCH);
    projected += taken;
    if (taken > 0) {
      idleMs = 0;
      continue;
    }
    await billDuePeriods(ctx);
    if ((await dunDueCases(ctx)) > 0) continue;
    const inbox = await inboxState(ctx.db);
    const isRetryNear = inbox.nextTryInMs !== null && inbox.nextTryInMs < PATIENCE_MS;
    if (inbox.due === 0 && !isRetryNear) return projected;
    if (idleMs > OTHERS_LIMIT_MS) return projected;
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

/**
 * Bills every tenant's months that ended by its own clock. One tenant's failure is logged and holds up no other; the next
 * run tries it again.
 */
export async function billDuePeriods(ctx: BillingContext): Promise<void> {
  for (const tenantId of await listTenantsWithEndedPeriods(ctx.db, await latestNow(ctx))) {
    try {
      await billEndedPeriods(ctx, tenantId);
    } catch (error) {
      ctx.log.error({ err: error, tenantId }, "Ended periods could not be billed");
    }
  }
}

/** Takes the steps that are due in unpaid invoices' cases; returns how many. */
export async function dunDueCases(ctx: BillingContext): Promise<number> {
  return takeDueSteps(ctx, tellTenant, await latestNow(ctx));
}

/** The furthest of all clocks: a tenant on a test clock may live ahead of the others. */
async function latestNow(ctx: BillingContext): Promise<Date> {
  const rows = await ctx.db.prisma.tenant.findMany({
    where: { stripeTestClockId: { not: null } },
    select: { stripeTestClockId: true },
    distinct: ["stripeTestClockId"],
  });
  const times = rows.map((row) => ctx.clock.now(row.stripeTestClockId).getTime());
  return new Date(Math.max(ctx.clock.now().getTime(), ...times));
}
