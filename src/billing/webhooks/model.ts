/** Words of the inbox. */

/** What became of an event: one sentence, kept for operators. */
export interface Projection {
  outcome: "projected" | "ignored";
  note: string;
}

/** How many events stand where; what tests and the CLI wait on. */
export interface InboxState {
  /** Received or failed and due now, those under way included. */
  due: number;
  /** Failed and waiting for a later try. */
  waiting: number;
  parked: number;
  /** Milliseconds until the earliest of the waiting ones is due; null when none waits. */
  nextTryInMs: number | null;
}

/** An event that somebody has claimed and nobody else will touch meanwhile. */
export interface ClaimedEvent {
  id: string;
  type: string;
  createdAt: Date;
  payload: unknown;
  /** Which try this is, from 1. */
  attempt: number;
}
