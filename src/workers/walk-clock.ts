/**
 * Walking the sandbox's time forward, from one moment at which something falls due to the next.
 *
 * A jump over a month would let Stripe finalise a renewal before our answer to its draft was given. So every stop waits
 * until the webhooks have arrived and everything they cause is done, as it would be in a real month.
 */
import type { BillingContext } from "@/billing/context";
import { nextDunningStepAt } from "@/billing/dunning";
import { nextPeriodEndAt } from "@/billing/usage";
import type { SandboxControl } from "@/stripe/sandbox-control";
import { drainAll } from "./drain";

/** Where to walk. */
export interface Walk {
  /** The test clock, or null for the default clock. */
  clockId: string | null;
  to: Date;
  /** Hears of every stop after its work is done. */
  onStep?: (now: Date) => void;
}

/** The default clock runs while we talk about it: a stop nearer than this may have passed when it is asked for. */
const NEAR_SECONDS = 2;

/** Moves a clock to a time and returns when everything that fell due on the way has been processed. */
export async function walkClock(
  ctx: BillingContext,
  control: SandboxControl,
  walk: Walk,
): Promise<{ now: Date; steps: number }> {
  const end = seconds(walk.to);
  let steps = 0;
  await quiet(ctx, control);
  for (;;) {
    const now = ctx.clock.now(walk.clockId);
    if (seconds(now) >= end) return { now, steps };
    const own = [nextPeriodEndAt(ctx.db, walk.clockId, now), nextDunningStepAt(ctx.db, walk.clockId, now)];
    const due = (await Promise.all(own)).flatMap((at) => at ?? []);
    const stop = Math.min(end, ...due.map(seconds));
    const limit = walk.clockId === null ? Math.max(stop, seconds(now) + NEAR_SECONDS) : stop;
    const moved = await control.advanceToNextDue(walk.clockId, new Date(limit * 1000));
    steps += moved.processed;
    await quiet(ctx, control);
    walk.onStep?.(moved.now);
  }
}

/**
 * Waits until every webhook has arrived and all it causes is done. Work may call Stripe, which may post again, so it is
 * quiet only when a drain after the last delivery has found nothing new. The drain has brought the clock up to date.
 */
export async function quiet(ctx: BillingContext, control: SandboxControl): Promise<void> {
  do await control.deliveriesDone();
  while ((await drainAll(ctx)) > 0 || (await control.pendingDeliveries()).count > 0);
}

function seconds(at: Date): number {
  return Math.floor(at.getTime() / 1000);
}
