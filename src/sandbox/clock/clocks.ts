/**
 * The clocks: walks due moments in order, and fires those of the default clock as real time reaches them.
 *
 * One walk runs at a time, whichever clock it belongs to, so that moments never interleave. Between moments the walk
 * lets the event loop breathe: requests are served and webhooks leave while a year passes.
 */
import { invalidRequest, StripeError } from "../http/errors";
import type { Store } from "../store/store";
import type { DueMoment, Transaction } from "../store/transaction";
import { dueHandler } from "./due";
import type { DueQueue } from "./queue";
import { elapsedMs } from "./real-time";

/** What an advance came to. */
export interface Advanced {
  now: number;
  processed: number;
  nextDueAt: number | null;
}

/** A walk that is under way, or the last one that came to its end. */
export interface Walk {
  clock: string;
  from: number;
  to: number;
  /** The time of the moment handled last. */
  at: number;
  processed: number;
  state: "walking" | "arrived" | "failed";
  problem?: string;
}

/** How far an advance goes: to a time, or to the next due moment but not beyond a limit. */
export type AdvanceTarget = { to: number } | { toNextDue: true; limit: number };

const TIMER_LIMIT_MS = 3_600_000;
const RETRY_AFTER_FAILURE_MS = 30_000;
const BREATH_MS = 15;

/** All clocks of a sandbox; owns the timer of the default clock and the one walk at a time. */
export class Clocks {
  private tail: Promise<unknown> = Promise.resolve();
  private timer: NodeJS.Timeout | null = null;
  private stopped = false;
  private walkNow: Walk | null = null;

  constructor(
    private readonly store: Store,
    private readonly queue: DueQueue,
    private readonly reportFailure: (failure: unknown) => void,
  ) {
    store.onCommit((changes) => {
      if (changes.some((change) => change.kind === "due_moment" || change.kind === "default_clock")) this.arm();
      for (const change of changes) if (change.kind === "test_clock") this.startAdvancing(change.id);
    });
  }

  /** Begins firing the default clock's moments, and resumes test clocks a crash interrupted. */
  start(): void {
    this.arm();
    for (const clock of this.store.records("test_clock")) this.startAdvancing(clock.id);
  }

  async stop(): Promise<void> {
    this.stopped = true;
    if (this.timer !== null) clearTimeout(this.timer);
    await this.tail;
  }

  /** For showing people how far a long walk has come; null before the first one. */
  get lastWalk(): Walk | null {
    return this.walkNow;
  }

  nextDueAt(clock: string): number | null {
    return this.queue.next(clock)?.at ?? null;
  }

  /** Moves a clock forward, handling everything that falls due on the way. */
  advance(clock: string, target: AdvanceTarget): Promise<Advanced> {
    return this.exclusively(() => this.walk(clock, target));
  }

  /** Puts a test clock's objects onto the default clock, once both show the same time. */
  joinDefault(testClock: string): Promise<void> {
    return this.exclusively(async () => {
      const to = this.store.now(null);
      const frozen = this.store.find("test_clock", testClock)?.frozen_time;
      if (frozen === undefined) throw new StripeError(404, missingClock(testClock));
      if (frozen > to) throw invalidRequest(`The test clock is ahead of the default clock by ${frozen - to} seconds.`);
      await this.walk(testClock, { to });
      this.store.transaction((tx) => joinObjects(tx, testClock));
    });
  }

  /** Does something between two walks, so that no clock moves meanwhile. */
  whileStill<T>(work: () => T): Promise<T> {
    return this.exclusively(async () => work());
  }

  private exclusively<T>(work: () => Promise<T>): Promise<T> {
    const result = this.tail.then(work);
    this.tail = result.catch(() => undefined);
    return result;
  }

  private async walk(clock: string, target: AdvanceTarget): Promise<Advanced> {
    if (clock !== "default" && this.store.find("test_clock", clock) === undefined) {
      throw new StripeError(404, missingClock(clock));
    }
    const testClock = clock === "default" ? null : clock;
    const limit = "to" in target ? target.to : target.limit;
    if (limit < this.store.now(testClock)) throw invalidRequest("A clock cannot go back in time.", { param: "to" });
    const next = this.queue.next(clock)?.at;
    const to = "to" in target ? target.to : Math.min(limit, Math.max(next ?? limit, this.store.now(testClock)));
    const from = this.store.now(testClock);
    const walk: Walk = { clock, from, to, at: from, processed: 0, state: "walking" };
    this.walkNow = walk;
    const processed = await this.handleUntil(clock, to, walk).catch((failure: unknown) => {
      const problem = failure instanceof Error ? failure.message : String(failure);
      this.walkNow = { ...walk, state: "failed", problem };
      throw failure;
    });
    this.store.transaction((tx) => setClock(tx, this.store, clock, to, true));
    this.walkNow = { ...walk, at: to, state: "arrived" };
    return { now: this.store.now(testClock), processed, nextDueAt: this.nextDueAt(clock) };
  }

  private async handleUntil(clock: string, to: number, walk?: Walk): Promise<number> {
    let processed = 0;
    let breath = elapsedMs();
    for (;;) {
      if (this.stopped) throw new Error("The sandbox is stopping.");
      const moment = this.queue.next(clock);
      if (moment === undefined || moment.at > to) return processed;
      this.handle(moment);
      processed += 1;
      if (walk !== undefined) {
        walk.at = moment.at;
        walk.processed = processed;
      }
      if (elapsedMs() - breath > BREATH_MS) {
        await new Promise((resolve) => setImmediate(resolve));
        await this.store.relieved();
        breath = elapsedMs();
      }
    }
  }

  private handle(moment: DueMoment): void {
    this.store.transaction(
      (tx) => {
        tx.remove("due_moment", moment.id);
        setClock(tx, this.store, moment.clock, moment.at, false);
        dueHandler(moment.kind)(tx, moment);
      },
      { at: { clock: moment.clock, seconds: moment.at } },
    );
  }

  private arm(): void {
    if (this.stopped) return;
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = null;
    const at = this.nextDueAt("default");
    if (at === null) return;
    const waitMs = Math.max(0, Math.min(at * 1_000 - this.store.defaultNowMs(), TIMER_LIMIT_MS));
    this.timer = setTimeout(() => this.fire(), waitMs);
    this.timer.unref();
  }

  private fire(): void {
    this.timer = null;
    this.exclusively(() => this.handleUntil("default", this.store.now(null))).then(
      () => this.arm(),
      (failure: unknown) => {
        if (this.stopped) return;
        this.reportFailure(failure);
        this.timer = setTimeout(() => this.fire(), RETRY_AFTER_FAILURE_MS);
        this.timer.unref();
      },
    );
  }

  /** The public advance endpoint answers at once with status "advancing"; the walk follows here. */
  private readonly advancing = new Set<string>();

  private startAdvancing(id: string): void {
    const clock = this.store.find("test_clock", id);
    const to = clock?.status_details.advancing?.target_frozen_time;
    if (clock?.status !== "advancing" || to === undefined || this.advancing.has(id) || this.stopped) return;
    this.advancing.add(id);
    this.advance(id, { to })
      .catch((failure: unknown) => {
        if (this.stopped) return;
        this.reportFailure(failure);
        this.store.transaction((tx) => failClock(tx, id));
      })
      .finally(() => this.advancing.delete(id));
  }
}

function missingClock(id: string) {
  return {
    type: "invalid_request_error" as const,
    code: "resource_missing",
    message: `No such test clock: '${id}'`,
    param: "id",
  };
}

/** Brings a clock to a time; never backwards, because the default clock may already have run past it. */
function setClock(tx: Transaction, store: Store, clock: string, to: number, isEnd: boolean): void {
  if (clock === "default") {
    if (store.now(null) < to) tx.put("default_clock", { id: "default", offsetMs: to * 1_000 - store.realNowMs() });
    return;
  }
  const record = tx.get("test_clock", clock);
  if (!isEnd) {
    if (record.frozen_time !== to) tx.put("test_clock", { ...record, frozen_time: to });
    return;
  }
  const ready = tx.put("test_clock", { ...record, frozen_time: to, status: "ready", status_details: {} });
  tx.emit("test_helpers.test_clock.ready", ready);
}

function failClock(tx: Transaction, id: string): void {
  const record = tx.find("test_clock", id);
  if (record === undefined) return;
  const failed = tx.put("test_clock", { ...record, status: "internal_failure", status_details: {} });
  tx.emit("test_helpers.test_clock.internal_failure", failed);
}

/** Objects that name their test clock, and the moments scheduled on it, move over; the clock itself goes. */
function joinObjects(tx: Transaction, clock: string): void {
  const lives = (record: { test_clock: string | { id: string } | null }) =>
    (typeof record.test_clock === "string" ? record.test_clock : record.test_clock?.id) === clock;
  for (const record of tx.listBy("customer", "test_clock", clock)) tx.put("customer", { ...record, test_clock: null });
  for (const record of tx.listBy("subscription", "test_clock", clock)) {
    tx.put("subscription", { ...record, test_clock: null });
  }
  for (const record of tx.list("invoice", lives)) tx.put("invoice", { ...record, test_clock: null });
  for (const record of tx.list("invoiceitem", lives)) tx.put("invoiceitem", { ...record, test_clock: null });
  const moments = tx.listBy("due_moment", "clock", clock).sort((a, b) => a.at - b.at);
  for (const { kind, subject, at } of moments) tx.schedule({ kind, subject, at, clock: "default" });
  tx.remove("test_clock", clock);
}
