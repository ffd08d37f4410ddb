/**
 * Bills the months that our own clock closes, and finishes bills that a crash interrupted: every minute, and whenever the
 * sandbox's clock has moved.
 */
import type { Task } from "graphile-worker";
import { recoverOperations } from "@/billing/invoices";
import { recoverPayments } from "@/billing/payments";
import type { Runtime } from "@/server/context";
import { refreshClock } from "@/stripe/sandbox-clock";
import { billDuePeriods } from "../drain";

/** The task. */
export function closePeriodsTask(runtime: Runtime): Task {
  return async () => {
    await refreshClock(runtime.clock);
    const ctx = runtime.contextFor({ kind: "worker", task: "close-periods" });
    await billDuePeriods(ctx);
    await recoverOperations(ctx);
    await recoverPayments(ctx);
  };
}
