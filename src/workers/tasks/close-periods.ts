/**
 * Bills the months that our own clock closes, and finishes bills that a crash interrupted: every minute, and whenever the
 * sandbox's clock has moved.
 */
import type { Task } from "graphile-worker";
import { keepPayByLink, PAY_BY_LINK_OPERATION } from "@/billing/dunning";
import { type Keep, recoverOperations } from "@/billing/invoices";
import { tellTenant } from "@/billing/notifications";
import { recoverPayments } from "@/billing/payments";
import type { Runtime } from "@/server/context";
import { refreshClock } from "@/stripe/sandbox-clock";
import { billDuePeriods, loadTimes } from "../drain";

/** Promises that invoices know nothing of, and who keeps them. */
export const MORE_PROMISES: Readonly<Record<string, Keep>> = {
  [PAY_BY_LINK_OPERATION]: (ctx, promise) => keepPayByLink(ctx, tellTenant, promise),
};

/** The task. */
export function closePeriodsTask(runtime: Runtime): Task {
  return async () => {
    await refreshClock(runtime.clock);
    const ctx = runtime.contextFor({ kind: "worker", task: "close-periods" });
    await billDuePeriods(ctx, await loadTimes(ctx));
    await recoverOperations(ctx, MORE_PROMISES);
    await recoverPayments(ctx);
  };
}
