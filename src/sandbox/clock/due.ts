/**
 * Who handles a due moment: one handler per kind, registered by the module that schedules the kind.
 *
 * A handler runs in a transaction of its own with `now` at the moment's time; the moment itself is removed before.
 */
import type { DueMoment, Transaction } from "../store/transaction";

/** Does what falls due at a moment, within a transaction at the moment's time. */
export type DueHandler = (tx: Transaction, moment: DueMoment) => void;

const handlers = new Map<string, DueHandler>();

/** Registers the handler of a kind of due moment, once at module load. */
export function registerDue(kind: string, handler: DueHandler): void {
  handlers.set(kind, handler);
}

/** The handler of a moment; an unknown kind is a programming error, not something to skip in silence. */
export function dueHandler(kind: string): DueHandler {
  const handler = handlers.get(kind);
  if (handler === undefined) throw new Error(`No handler is registered for due moments of kind "${kind}".`);
  return handler;
}
