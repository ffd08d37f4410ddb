/** Forgets what was kept for a while only: replies of REST calls, and quotes that nobody has committed. */
import type { Task } from "graphile-worker";
import { addDays } from "@/billing/kernel/period";
import { sweepReplies } from "@/billing/operations";
import { deleteExpiredQuotes } from "@/billing/subscriptions";
import type { Runtime } from "@/server/context";

/** The task. A quote stays for a day after its end, for the sake of those who ask what they were promised. */
export function sweepRepliesTask(runtime: Runtime): Task {
  return async () => {
    const now = runtime.clock.now();
    const replies = await sweepReplies(runtime.db, now);
    const quotes = await deleteExpiredQuotes(runtime.db.prisma, addDays(now, -1));
    runtime.log.debug({ replies, quotes }, "Old replies and quotes were removed");
  };
}
