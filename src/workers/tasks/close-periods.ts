/** Bills the months that our own clock closes: every minute, and whenever the sandbox's clock has moved. */
import type { Task } from "graphile-worker";
import type { Runtime } from "@/server/context";
import { refreshClock } from "@/stripe/sandbox-clock";
import { billDuePeriods } from "../drain";

/** The task. */
export function closePeriodsTask(runtime: Runtime): Task {
  return async () => {
    await refreshClock(runtime.clock);
    await billDuePeriods(runtime.contextFor({ kind: "worker", task: "close-periods" }));
  };
}
