/** Forgets stored replies of REST calls a day after they were given. */
import type { Task } from "graphile-worker";
import { sweepReplies } from "@/billing/operations";
import type { Runtime } from "@/server/context";

/** The task. */
export function sweepRepliesTask(runtime: Runtime): Task {
  return async () => {
    const removed = await sweepReplies(runtime.db, runtime.clock.now());
    runtime.log.debug({ removed }, "Old replies were removed");
  };
}
