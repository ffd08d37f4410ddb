/** The public face of the inbox: events come in through acceptEvent and take effect through projectDueEvents. */
export { type AcceptContext, acceptEvent } from "./accept-event";
export { inboxState } from "./inbox-state";
export type { InboxState, Projection } from "./model";
export { projectDueEvents } from "./project-due-events";
export { replayEvent } from "./replay-event";
export { DRAIN_JOB } from "./store";
