/** How the inbox stands, for operators and for whoever waits until it is quiet. */
import type { Database } from "@/db/client";
import type { InboxState } from "./model";
import { countInbox } from "./store";

/** Counts events that are due, waiting for another try, and given up. */
export function inboxState(db: Database): Promise<InboxState> {
  return countInbox(db);
}
