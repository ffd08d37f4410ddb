/** Reminds, warns and ends plans where invoices stay unpaid: every minute, and whenever the sandbox's clock has moved. */
import type { Task } from "graphile-worker";
import type { Runtime } from "@/server/context";
import { refreshClock } from "@/stripe/sandbox-clock";
import { dunDueCases, loadTimes } from "../drain";

/** The task. */
export function dunningTask(runtime: Runtime): Task {
  return async () => {
    await refreshClock(runtime.clock);
    const ctx = runtime.contextFor({ kind: "worker", task: "dunning" });
    await dunDueCases(ctx, await loadTimes(ctx));
  };
}
