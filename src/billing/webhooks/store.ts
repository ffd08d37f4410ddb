/**
 * Every query on the inbox.
 *
 * Its times are the database's, not the tenant's clock: web server and worker are different processes, Stripe delivers by
 * the real clock even when a tenant's time is moved, and one clock for all of them keeps what is stored due at once.
 */
import type { Database } from "@/db/client";
import type { VerifiedEvent } from "@/stripe/events";
import type { ClaimedEvent, InboxState } from "./model";

/** Longer than the slowest projection with all its retries; after it a crashed projector's event is free again. */
const LEASE = "5 minutes";

/** The job that drains the inbox; the worker runs it under this name. */
export const DRAIN_JOB = "drain-inbox";

/**
 * Stores an event, and in the same statement the job that will read it. False when the event is stored already.
 *
 * The job makes things fast, the row makes them certain: a database whose queue is not set up yet still keeps the event,
 * and the worker's tick finds it.
 */
export async function insertEvent(
  db: Database,
  event: VerifiedEvent & { subject: string; rawBody: string },
): Promise<boolean> {
  const row = [event.id, event.type, event.apiVersion, event.objectId, event.subject, event.createdAt, event.rawBody];
  const { rowCount } = (await hasQueue(db))
    ? await db.pool.query(
        `with stored as (${INSERT_EVENT})
         select graphile_worker.add_job($8::text, job_key => $8::text) from stored`,
        [...row, DRAIN_JOB],
      )
    : await db.pool.query(INSERT_EVENT, row);
  return rowCount === 1;
}

const INSERT_EVENT = `
  insert into webhook_events
    (id, type, api_version, object_id, subject, created_at, received_at, payload, status, due_at)
  values ($1, $2, $3, $4, $5, $6, clock_timestamp(), $7, 'received', clock_timestamp())
  on conflict (id) do nothing returning id`;

const withQueue = new WeakSet<object>();

async function hasQueue(db: Database): Promise<boolean> {
  if (withQueue.has(db.pool)) return true;
  const { rows } = await db.pool.query("select to_regclass('graphile_worker._private_jobs') is not null as present");
  if (rows[0]?.present === true) withQueue.add(db.pool);
  return withQueue.has(db.pool);
}

/**
 * Takes up to `limit` due events for this process, each of another subject, each subject's earliest.
 *
 * No two processes ever work on one subject: an event is free only while none of its subject is leased, and of one
 * subject's due events only the first is; the row lock decides who gets it, and whoever comes second looks again.
 */
export async function claimDueEvents(db: Database, limit: number): Promise<ClaimedEvent[]> {
  const { rows } = await db.pool.query<{
    id: string;
    type: string;
    created_at: Date;
    payload: unknown;
    attempts: number;
  }>(
    `with due as (
       select id from webhook_events e
       where e.status in ('received', 'failed') and e.due_at <= now()
         and (e.leased_until is null or e.leased_until <= now())
         and not exists (
           select 1 from webhook_events o
           where o.subject = e.subject and o.status in ('received', 'failed') and o.id <> e.id
             and (o.leased_until > now() or (o.due_at <= now() and (o.received_at, o.id) < (e.received_at, e.id))))
       order by e.received_at, e.id
       limit $1
       for update skip locked)
     update webhook_events e set leased_until = now() + $2::interval, attempts = e.attempts + 1
     from due where e.id = due.id
     returning e.id, e.type, e.created_at, e.payload, e.attempts`,
    [limit, LEASE],
  );
  return rows.map((row) => ({
    id: row.id,
    type: row.type,
    createdAt: row.created_at,
    payload: row.payload,
    attempt: row.attempts,
  }));
}

/** Ends an event: its effect is in our rows, or it has none. */
export async function settleEvent(
  db: Database,
  event: { id: string; status: "projected" | "ignored"; note: string },
): Promise<void> {
  await db.pool.query(
    `update webhook_events
     set status = $2::webhook_event_status, note = $3, settled_at = clock_timestamp(), leased_until = null
     where id = $1`,
    [event.id, event.status, event.note],
  );
}

/** Puts an event back for a later try, or parks it when the delay is null. */
export async function postponeEvent(
  db: Database,
  event: { id: string; note: string; delaySeconds: number | null },
): Promise<void> {
  await db.pool.query(
    `update webhook_events
     set status = case when $3::float8 is null then 'parked' else 'failed' end::webhook_event_status, note = $2,
       settled_at = case when $3::float8 is null then clock_timestamp() end, leased_until = null,
       due_at = clock_timestamp() + make_interval(secs => coalesce($3::float8, 0))
     where id = $1`,
    [event.id, event.note, event.delaySeconds],
  );
}

/** Makes an event due again as if it had just come, with all its tries before it. False when there is none. */
export async function requeueEvent(db: Database, id: string): Promise<boolean> {
  const { rowCount } = await db.pool.query(
    `update webhook_events
     set status = 'received', attempts = 0, due_at = clock_timestamp(), note = null, settled_at = null,
       leased_until = null
     where id = $1`,
    [id],
  );
  return rowCount === 1;
}

/** Counts what stands where. */
export async function countInbox(db: Database): Promise<InboxState> {
  const { rows } = await db.pool.query<{ due: number; waiting: number; parked: number; next_ms: number | null }>(
    `select
       count(*) filter (where status in ('received', 'failed') and due_at <= now())::int as due,
       count(*) filter (where status = 'failed' and due_at > now())::int as waiting,
       count(*) filter (where status = 'parked')::int as parked,
       (extract(epoch from min(due_at) filter (where status = 'failed' and due_at > now()) - now()) * 1000)::float8
         as next_ms
     from webhook_events where status in ('received', 'failed', 'parked')`,
  );
  const row = rows[0];
  return {
    due: row?.due ?? 0,
    waiting: row?.waiting ?? 0,
    parked: row?.parked ?? 0,
    nextTryInMs: row?.next_ms ?? null,
  };
}
