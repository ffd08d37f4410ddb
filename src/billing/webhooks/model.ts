/** Words of the inbox. */

/** What became of an event: one sentence, kept for operators. */
export interface Projection {
  outcome: "projected" | "ignored";
  note: string;
}

/** How many events stand where; what tests and the CLI wait on. */
export interface InboxState {
  /** Received or failed and due now. */
  due: number;
  /** Failed and waiting for a later try. */
  waiting: number;
  parked: number;
}
