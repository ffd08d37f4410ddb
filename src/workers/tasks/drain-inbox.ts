/** Projects what Stripe posted; enqueued in the transaction that stores an event, and every minute in case that was lost. */
import type { Task } from "graphile-worker";
import { DRAIN_JOB, inboxState } from "@/billing/webhooks";
import type { Runtime } from "@/server/context";
import { systemClock } from "@/stripe/system-clock";
import { drainInbox } from "../drain";

/** The task. What failed is taken up again by a job of its own when its next try is due. */
export function drainInboxTask(runtime: Runtime): Task {
  return async (_payload, helpers) => {
    const ctx = runtime.contextFor({ kind: "worker", task: DRAIN_JOB });
    await drainInbox(ctx);
    const { nextTryInMs } = await inboxState(ctx.db);
    if (nextTryInMs === null) return;
    const runAt = new Date(systemClock.now().getTime() + nextTryInMs);
    await helpers.addJob(DRAIN_JOB, {}, { runAt, jobKey: `${DRAIN_JOB}:retry` });
  };
}
