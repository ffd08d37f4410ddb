/**
 * Sends events to their endpoints, on the real clock, until they are taken or given up.
 *
 * First attempts leave in the order of the events, a few at a time per endpoint; only 2xx counts as taken. What waits is
 * state like any other, so a restart goes on where a crash stopped, and the same event may then arrive twice, as from
 * Stripe itself.
 */
import type Stripe from "stripe";
import { elapsedMs } from "../clock/real-time";
import type { Change, Store } from "../store/store";
import type { Delivery, DeliveryAttempt, Transaction } from "../store/transaction";
import { signatureHeader } from "./signature";

/** Waits before the second, third … attempt. Quick at first: locally a failure is mostly a server that restarts. */
const backoffMs = [1_000, 5_000, 30_000, 120_000, 600_000, 3_600_000, 7_200_000, 14_400_000];
const CONCURRENCY = 8;
const TIMEOUT_MS = 20_000;
const EXCERPT_LENGTH = 1_000;
const LOG_LENGTH = 10_000;
const LOG_SLACK = 2_000;

/** The deliveries of one endpoint; `held` are those that wait to be overtaken. */
interface Lane {
  endpoint: string;
  waiting: Delivery[];
  held: Set<string>;
  running: number;
}

type Outcome = Omit<DeliveryAttempt, "atMs">;

/** The sender of one sandbox's webhooks. */
export class Deliveries {
  private readonly lanes = new Map<string, Lane>();
  private readonly retries = new Map<string, NodeJS.Timeout>();
  private stopped = false;
  private readonly abort = new AbortController();
  private readonly active = new Set<Promise<void>>();

  constructor(private readonly store: Store) {
    store.onCommit((changes) => this.noticeNew(changes));
  }

  /** Takes up what was still pending when the sandbox last stopped. */
  start(): void {
    const pending = this.store.listBy("delivery", "status", "pending").reverse();
    for (const delivery of pending) this.plan(delivery);
  }

  async stop(): Promise<void> {
    this.stopped = true;
    for (const timer of this.retries.values()) clearTimeout(timer);
    this.abort.abort();
    await Promise.all(this.active);
  }

  /** Tries everything that waits now, whatever its backoff says: somebody knows that the receiver is back. */
  retryNow(): number {
    const waiting = [...this.retries.keys()];
    for (const id of waiting) {
      clearTimeout(this.retries.get(id));
      this.retries.delete(id);
      const delivery = this.store.find("delivery", id);
      if (delivery !== undefined) this.enqueue(delivery);
    }
    return waiting.length;
  }

  private noticeNew(changes: readonly Change[]): void {
    for (const change of changes) {
      if (change.kind !== "delivery" || change.before !== undefined || change.after === undefined) continue;
      const delivery = this.store.find("delivery", change.id);
      if (delivery !== undefined) this.plan(delivery);
    }
  }

  private plan(delivery: Delivery): void {
    if (this.stopped) return;
    const waitMs = delivery.nextAttemptAtMs - this.store.realNowMs();
    if (waitMs <= 0) {
      this.enqueue(delivery);
      return;
    }
    if (delivery.waitsForLater === true && delivery.attempts.length === 0) {
      this.laneOf(delivery.endpoint).held.add(delivery.id);
    }
    const timer = setTimeout(
      () => {
        this.retries.delete(delivery.id);
        this.enqueue(delivery);
      },
      Math.min(waitMs, 2_000_000_000),
    );
    timer.unref();
    this.retries.set(delivery.id, timer);
  }

  private laneOf(endpoint: string): Lane {
    let lane = this.lanes.get(endpoint);
    if (lane === undefined) {
      lane = { endpoint, waiting: [], held: new Set(), running: 0 };
      this.lanes.set(endpoint, lane);
    }
    return lane;
  }

  private enqueue(delivery: Delivery): void {
    const lane = this.laneOf(delivery.endpoint);
    lane.held.delete(delivery.id);
    lane.waiting.push(delivery);
    this.fill(lane);
  }

  /** Lets go of those that waited for this one, or for an earlier one that came to nothing. */
  private releaseOvertaken(by: Delivery): void {
    const lane = this.laneOf(by.endpoint);
    const passed = this.store.sequenceOf("delivery", by.id) ?? 0;
    for (const id of lane.held) {
      if ((this.store.sequenceOf("delivery", id) ?? 0) >= passed) continue;
      clearTimeout(this.retries.get(id));
      this.retries.delete(id);
      lane.held.delete(id);
      const held = this.store.find("delivery", id);
      if (held !== undefined) lane.waiting.push(held);
    }
  }

  private fill(lane: Lane): void {
    // Trouble is repeatable only when one request follows another.
    const limit = this.store.find("endpoint_chaos", lane.endpoint) === undefined ? CONCURRENCY : 1;
    while (!this.stopped && lane.running < limit) {
      const delivery = lane.waiting.shift();
      if (delivery === undefined) return;
      lane.running += 1;
      const run = this.attempt(delivery).finally(() => {
        lane.running -= 1;
        this.active.delete(run);
        this.fill(lane);
      });
      this.active.add(run);
    }
  }

  private async attempt(delivery: Delivery): Promise<void> {
    // Nobody may hear of an event that a crash could still undo.
    await this.store.durable();
    const event = this.store.find("event", delivery.event);
    const endpoint = this.store.find("webhook_endpoint", delivery.endpoint);
    if (event === undefined || endpoint === undefined || endpoint.status !== "enabled") {
      this.finish(delivery, { responseStatus: null, error: "The endpoint was removed or disabled." }, true);
      return;
    }
    if (delivery.dropsFirst === true && delivery.attempts.length === 0) {
      this.finish(
        delivery,
        { responseStatus: null, error: "Dropped on the way by the endpoint's chaos switch." },
        false,
      );
      return;
    }
    const outcome = await this.post(endpoint, event);
    if (this.stopped && outcome.responseStatus === null) return;
    this.finish(delivery, outcome, false);
    this.releaseOvertaken(delivery);
  }

  private async post(endpoint: Stripe.WebhookEndpoint, event: Stripe.Event): Promise<Outcome> {
    const body = JSON.stringify(event, null, 2);
    const nowMs = this.store.realNowMs();
    const requestHeaders = {
      "content-type": "application/json; charset=utf-8",
      "user-agent": "Stripe/1.0 (+https://stripe.com/docs/webhooks)",
      "stripe-signature": signatureHeader(body, this.secretsOf(endpoint.id, nowMs), Math.floor(nowMs / 1_000)),
    };
    const startedMs = elapsedMs();
    const durationMs = () => Math.round(elapsedMs() - startedMs);
    try {
      const response = await fetch(endpoint.url, {
        method: "POST",
        redirect: "manual",
        body,
        signal: AbortSignal.any([this.abort.signal, AbortSignal.timeout(TIMEOUT_MS)]),
        headers: requestHeaders,
      });
      const responseBody = (await response.text()).slice(0, EXCERPT_LENGTH);
      const error = response.ok ? null : `HTTP ${response.status}`;
      return { responseStatus: response.status, error, requestHeaders, responseBody, durationMs: durationMs() };
    } catch (cause) {
      return { responseStatus: null, error: failureText(cause), requestHeaders, durationMs: durationMs() };
    }
  }

  private secretsOf(endpoint: string, nowMs: number): string[] {
    const secrets = this.store.find("webhook_secret", endpoint)?.secrets ?? [];
    return secrets.filter((entry) => entry.expiresAtMs === null || entry.expiresAtMs > nowMs).map((one) => one.secret);
  }

  private finish(delivery: Delivery, outcome: Outcome, giveUp: boolean): void {
    const nowMs = this.store.realNowMs();
    const planned = this.store.transaction((tx) => {
      const current = tx.find("delivery", delivery.id);
      if (current === undefined) return null;
      const attempts = giveUp ? current.attempts : [...current.attempts, { atMs: nowMs, ...outcome }];
      const wait = giveUp ? undefined : backoffMs[attempts.length - 1];
      const status = outcome.error === null ? "delivered" : wait === undefined ? "failed" : "pending";
      const next = tx.put("delivery", { ...current, attempts, status, nextAttemptAtMs: nowMs + (wait ?? 0) });
      return status === "pending" ? next : null;
    });
    if (planned !== null) this.plan(planned);
    // Seldom, because looking for the old ones walks the whole log.
    if (this.store.size("delivery") > LOG_LENGTH + LOG_SLACK) this.store.transaction((tx) => pruneLog(tx, LOG_LENGTH));
  }
}

/** Forgets deliveries that arrived, but for the newest; what waits or has failed stays, for somebody may want it still. */
export function pruneLog(tx: Transaction, keep: number): void {
  const arrived = tx.list("delivery", (delivery) => delivery.status === "delivered");
  for (const { id } of arrived.slice(keep)) tx.remove("delivery", id);
}

function failureText(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause);
  return cause.cause instanceof Error ? `${cause.message}: ${cause.cause.message}` : cause.message;
}
