/**
 * The projector: takes due events out of the inbox and turns each into the present state of what it is about.
 *
 * Owns the tempo (a few subjects at a time), the retries and the sentence each event ends with. An event is a hint and may
 * be late, doubled or out of order, so handlers fetch what is true now; therefore an event that failed does not hold up
 * later ones of its subject.
 */
import type { BillingContext } from "../context";
import { BillingError } from "../kernel/errors";
import type { ClaimedEvent, Projection } from "./model";
import { projectEvent } from "./project-event";
import { retryDelaySeconds } from "./rules";
import { claimDueEvents, postponeEvent, settleEvent } from "./store";

const CONCURRENCY = 4;
const NOTE_LIMIT = 1_000;

/**
 * Projects at most `limit` due events and returns how many it took; 0 means that nothing is free now.
 *
 * Never throws for an event: a failure is kept with it, tried again after 1 s, 4 s, 16 s …, and parked after the eighth.
 */
export async function projectDueEvents(ctx: BillingContext, limit: number): Promise<number> {
  // One question for all: mostly nothing is due, or all of it is one subject's.
  const first = await claimDueEvents(ctx.db, Math.min(limit, CONCURRENCY));
  let taken = first.length;
  const work = async (claimed: ClaimedEvent) => {
    for (let event: ClaimedEvent | undefined = claimed; event !== undefined; ) {
      await project(ctx, event);
      if (taken >= limit) return;
      taken += 1;
      [event] = await claimDueEvents(ctx.db, 1);
      if (event === undefined) taken -= 1;
    }
  };
  await Promise.all(first.map(work));
  return taken;
}

async function project(ctx: BillingContext, event: ClaimedEvent): Promise<void> {
  let projection: Projection;
  try {
    projection = await projectEvent({ ...ctx, actor: { kind: "webhook", eventId: event.id } }, event);
  } catch (error) {
    await postpone(ctx, event, error);
    return;
  }
  await settleEvent(ctx.db, { id: event.id, status: projection.outcome, note: projection.note });
  ctx.log.debug({ event: event.id, type: event.type, outcome: projection.outcome }, projection.note);
}

async function postpone(ctx: BillingContext, event: ClaimedEvent, error: unknown): Promise<void> {
  const delaySeconds = retryDelaySeconds(event.attempt);
  const fields = { event: event.id, type: event.type, attempt: event.attempt, err: error };
  if (delaySeconds === null) ctx.log.error(fields, "An event failed too often and was parked");
  else ctx.log.warn(fields, `An event failed and is tried again in ${delaySeconds} s`);
  await postponeEvent(ctx.db, { id: event.id, note: sentenceOf(error).slice(0, NOTE_LIMIT), delaySeconds });
}

function sentenceOf(error: unknown): string {
  if (!(error instanceof BillingError)) return error instanceof Error ? error.message : String(error);
  const details = Object.entries(error.details).filter(([, value]) => value !== null);
  const facts = details.map(([name, value]) => `${name} ${value}`).join(", ");
  return `${error.message} (${error.code}${facts === "" ? "" : `; ${facts}`})`;
}
