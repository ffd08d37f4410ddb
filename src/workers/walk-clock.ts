/**
 * Walks a clock of the sandbox forward, one due moment after the other, and lets everything that falls due at a moment be
 * done before the next one comes: webhooks arrive, the inbox is projected, ended periods are closed. A month walked this
 * way does what a month lived through does.
 */
import { setTimeout as pause } from "node:timers/promises";
import type { BillingContext } from "@/billing/context";
import { BillingError } from "@/billing/kernel/errors";
import { nextPeriodEndAt } from "@/billing/usage";
import type { SandboxControl } from "@/stripe/sandbox-control";
import { drainAll } from "./drain";

/** Where to walk. */
export interface Walk {
  /** A test clock, or null for the default clock. */
  clockId: string | null;
  to: Date;
  /** Called after each moment that was handled. */
  onStep?: (at: Date) => void;
}

const CLOCK_LIMIT_MS = 10_000;

/** Walks and returns the time then, and how many due moments of the sandbox were handled. */
export async function walkClock(
  ctx: BillingContext,
  control: SandboxControl,
  walk: Walk,
): Promise<{ now: Date; steps: number }> {
  let now = ctx.clock.now(walk.clockId);
  let steps = 0;
  await settle(ctx, control);
  while (now < walk.to) {
    // Ends of free and annual months are moments of our own, which the sandbox knows nothing of.
    const own = await nextPeriodEndAt(ctx.db);
    const limit = own !== null && now < own && own < walk.to ? own : walk.to;
    const moved = await control.advanceToNextDue(walk.clockId, limit);
    now = moved.now;
    steps += moved.processed;
    await clockShows(ctx, walk.clockId, now);
    await settle(ctx, control);
    walk.onStep?.(now);
  }
  return { now, steps };
}

/** Until nothing is under way: an event's projection may cause further events. */
async function settle(ctx: BillingContext, control: SandboxControl): Promise<void> {
  do {
    await control.deliveriesDone();
    await drainAll(ctx);
  } while ((await control.pendingDeliveries()).count > 0);
}

/** Our copy of the clocks follows a stream; nothing may be decided before it has caught up. */
async function clockShows(ctx: BillingContext, clockId: string | null, at: Date): Promise<void> {
  for (let waitedMs = 0; ctx.clock.now(clockId) < at; waitedMs += 2) {
    if (waitedMs > CLOCK_LIMIT_MS) {
      throw new BillingError(
        "upstream",
        "stripe.unavailable",
        "The sandbox's clock moved, but the news did not arrive.",
      );
    }
    await pause(2);
  }
}
