/**
 * The sandbox's whole state: Stripe's objects and the sandbox's own records, in memory, with a journal behind it.
 *
 * It owns transactions (synchronous, all or nothing) and durability. It knows nothing of HTTP, and of Stripe only what an
 * index needs; who wants to react to changes registers with `onCommit`.
 */
import type Stripe from "stripe";
import { resourceMissing, StripeError } from "../http/errors";
import { collectionNames } from "./collections";
import { Compaction } from "./compaction";
import { EventTable } from "./event-table";
import { newId } from "./ids";
import { indexes } from "./indexes";
import { type Journal, memoryJournal, openJournal, readJournal } from "./journal";
import { type DirectoryLock, lockDirectory } from "./lock";
import { readSnapshot, type Storable } from "./snapshot";
import { freeze, type RowIndexes, type Rows, Table } from "./table";
import type { CollectionName, Collections, DueMoment, RequestOrigin, Transaction } from "./transaction";

type Tables = { [K in CollectionName]: Rows<Collections[K]> & Storable };

/** One changed record; `after` is undefined when it was removed. */
export interface Change {
  kind: CollectionName;
  id: string;
  before: { id: string } | undefined;
  after: { id: string } | undefined;
}

/** What an event needs to be recorded; the webhooks side supplies it, so that the store need not know it. */
export type RecordEvent = (
  tx: Transaction,
  type: Stripe.Event["type"],
  object: { id?: string; object: string },
  previousAttributes: Record<string, unknown> | undefined,
) => void;

/** Who or what causes a transaction. */
export interface TransactionContext {
  origin?: RequestOrigin | null;
  /** While a due moment is handled, its clock stands exactly at the moment's time. */
  at?: { clock: string; seconds: number } | undefined;
}

/** What a store is opened with. */
export interface StoreOptions {
  dataDirectory?: string | undefined;
  /** Real time in Unix milliseconds. */
  realNowMs: () => number;
  recordEvent: RecordEvent;
}

const LARGE_BACKLOG = 2_000_000;
const REPLY_LIFETIME_MS = 24 * 3_600_000;

type JournalEntry = [CollectionName, { id: string }, number] | ["-", CollectionName, string];

/** The state of one sandbox. */
export class Store {
  readonly realNowMs: () => number;
  private readonly tables: Tables;
  private readonly events: EventTable;
  private readonly listeners: Array<(changes: readonly Change[]) => void> = [];
  private journal: Journal = memoryJournal;
  private compaction: Compaction | null = null;
  private lock: DirectoryLock | null = null;
  private sequence = 0;
  private open: OpenTransaction | null = null;

  private constructor(private readonly options: StoreOptions) {
    this.realNowMs = options.realNowMs;
    const tables = createTables();
    this.events = new EventTable(indexes.event ?? {}, (id) => waitingEndpoints(tables, id));
    this.tables = { ...tables, event: this.events };
  }

  /** Reads the journal of the data directory, if there is one, and is then ready for transactions. */
  static async open(options: StoreOptions): Promise<Store> {
    const store = new Store(options);
    if (options.dataDirectory === undefined) return store;
    store.lock = await lockDirectory(options.dataDirectory);
    try {
      await store.load(options.dataDirectory);
    } catch (failure) {
      await store.lock.release();
      throw failure;
    }
    return store;
  }

  /** Runs `work`; either all of its changes stay or none. See StripeError.commit for the exception. */
  transaction<T>(work: (tx: Transaction) => T, context: TransactionContext = {}): T {
    if (this.open !== null) throw new Error("A transaction cannot begin inside another one.");
    const tx = new OpenTransaction(this, this.tables, this.options.recordEvent, context);
    this.open = tx;
    let result: T;
    try {
      result = work(tx);
    } catch (error) {
      this.open = null;
      if (error instanceof StripeError && error.commit) this.commit(tx);
      else tx.undo();
      throw error;
    }
    this.open = null;
    this.commit(tx);
    return result;
  }

  /** Reads without a transaction; the caller must not keep records across awaits if it wants them current. */
  find<K extends CollectionName>(kind: K, id: string): Collections[K] | undefined {
    return this.tables[kind].find(id);
  }

  /** See Transaction.listBy. */
  listBy<K extends CollectionName>(kind: K, index: string, value: string): Collections[K][] {
    return this.tables[kind].by(index, value);
  }

  /** Newest first, lazily. */
  records<K extends CollectionName>(kind: K): Iterable<Collections[K]> {
    return this.tables[kind].newestFirst();
  }

  size(kind: CollectionName): number {
    return this.tables[kind].size;
  }

  sequenceOf(kind: CollectionName, id: string): number | undefined {
    return this.tables[kind].sequenceOf(id);
  }

  nextSequence(): number {
    this.sequence += 1;
    return this.sequence;
  }

  /** Virtual now in Unix seconds. */
  now(clock: string | null): number {
    if (clock !== null && clock !== "default") {
      const testClock = this.tables.test_clock.find(clock);
      if (testClock !== undefined) return testClock.frozen_time;
    }
    return Math.floor(this.defaultNowMs() / 1_000);
  }

  /** The default clock's now in milliseconds. */
  defaultNowMs(): number {
    return this.realNowMs() + (this.tables.default_clock.find("default")?.offsetMs ?? 0);
  }

  /** Called after every commit, synchronously and in order. */
  onCommit(listener: (changes: readonly Change[]) => void): void {
    this.listeners.push(listener);
  }

  /** Resolves when everything committed so far is on disk. */
  durable(): Promise<void> {
    return this.journal.durable();
  }

  /** Resolves when little waits to be written: for work that commits faster than a disk takes it. */
  async relieved(): Promise<void> {
    if (this.journal.backlog > LARGE_BACKLOG) await this.journal.durable();
  }

  async close(): Promise<void> {
    await this.compaction?.finish();
    await this.journal.close();
    this.compaction?.close();
    this.journal = memoryJournal;
    await this.lock?.release();
    this.lock = null;
  }

  private commit(tx: OpenTransaction): void {
    const changes = tx.changes();
    if (changes.length === 0) return;
    if (this.journal !== memoryJournal) {
      this.journal.append(`[${changes.map((change) => this.journalEntry(change)).join()}]`);
      this.compaction?.consider();
    }
    for (const listener of this.listeners) listener(changes);
  }

  private journalEntry({ kind, id, after }: Change): string {
    if (after === undefined) return JSON.stringify(["-", kind, id]);
    const text = kind === "event" ? this.events.serialised(id) : JSON.stringify(after);
    return `["${kind}",${text},${this.tables[kind].sequenceOf(id) ?? 0}]`;
  }

  private async load(directory: string): Promise<void> {
    const snapshot = readSnapshot(directory, this.tables);
    this.sequence = snapshot?.sequence ?? 0;
    const length = readJournal(directory, (line) => {
      for (const entry of JSON.parse(line) as JournalEntry[]) this.restore(entry);
    });
    this.forgetOldReplies();
    this.journal = await openJournal(directory, length);
    this.compaction = new Compaction(directory, this.tables, this.journal, () => this.sequence, snapshot?.file ?? null);
  }

  private restore(entry: JournalEntry): void {
    if (entry[0] === "-") {
      this.tables[entry[1]].remove(entry[2]);
      return;
    }
    const [kind, record, sequence] = entry;
    // The journal's lines were written from typed records of the same kind.
    const table = this.tables[kind] as unknown as Rows<{ id: string }>;
    if (table === undefined) throw new Error(`Unknown collection ${String(kind)}.`);
    if (table.sequenceOf(record.id) !== undefined && table.sequenceOf(record.id) !== sequence) table.remove(record.id);
    table.put(kind === "event" ? record : freeze(record), sequence);
    this.sequence = Math.max(this.sequence, sequence);
  }

  private forgetOldReplies(): void {
    const limit = this.realNowMs() - REPLY_LIFETIME_MS;
    for (const reply of this.tables.stored_reply.oldestFirst()) {
      if (reply.storedAtMs >= limit) return;
      this.tables.stored_reply.remove(reply.id);
    }
  }
}

function createTables(): Omit<Tables, "event"> {
  const tables: Partial<Record<CollectionName, unknown>> = {};
  for (const kind of collectionNames) {
    // Each table is built from the indexes declared for the same collection.
    tables[kind] = new Table((indexes[kind] ?? {}) as RowIndexes<{ id: string }>);
  }
  return tables as Tables;
}

/** How many endpoints have not taken an event: it is on its way to them again, or it was given up and never arrived. */
function waitingEndpoints({ delivery, webhook_endpoint }: Omit<Tables, "event">, event: string): number {
  const byEndpoint = new Map<string, string[]>();
  for (const { endpoint, status } of delivery.by("event", event)) {
    byEndpoint.set(endpoint, [...(byEndpoint.get(endpoint) ?? []), status]);
  }
  let waiting = 0;
  for (const [endpoint, statuses] of byEndpoint) {
    const neverTaken = !statuses.includes("delivered") && webhook_endpoint.find(endpoint) !== undefined;
    if (statuses.includes("pending") || neverTaken) waiting += 1;
  }
  return waiting;
}

class OpenTransaction implements Transaction {
  readonly origin: RequestOrigin | null;
  private readonly undoLog: Array<() => void> = [];
  private readonly touched = new Map<string, Change>();

  constructor(
    private readonly store: Store,
    private readonly tables: Tables,
    private readonly recordEvent: RecordEvent,
    private readonly context: TransactionContext,
  ) {
    this.origin = context.origin ?? null;
  }

  get clock(): string | null {
    return this.context.at?.clock ?? null;
  }

  find<K extends CollectionName>(kind: K, id: string): Collections[K] | undefined {
    return this.tables[kind].find(id);
  }

  get<K extends CollectionName>(kind: K, id: string, param?: string): Collections[K] {
    const record = this.tables[kind].find(id);
    if (record === undefined) throw resourceMissing(kind, id, param);
    return record;
  }

  put<K extends CollectionName>(kind: K, record: Collections[K]): Collections[K] {
    const table: Rows<Collections[K]> = this.tables[kind];
    const before = table.find(record.id);
    const frozen = freeze(record);
    table.put(frozen, before === undefined ? this.store.nextSequence() : 0);
    this.undoLog.push(() => {
      if (before === undefined) table.remove(record.id);
      else table.put(before, 0);
    });
    this.touch({ kind, id: record.id, before, after: frozen });
    return frozen;
  }

  remove(kind: CollectionName, id: string): void {
    this.removeFrom(kind, id);
  }

  list<K extends CollectionName>(kind: K, where?: (record: Collections[K]) => boolean): Collections[K][] {
    const table: Rows<Collections[K]> = this.tables[kind];
    const found: Collections[K][] = [];
    for (const record of table.newestFirst()) if (where === undefined || where(record)) found.push(record);
    return found;
  }

  listBy<K extends CollectionName>(kind: K, index: string, value: string): Collections[K][] {
    return this.tables[kind].by(index, value);
  }

  newId(prefix: string): string {
    return newId(prefix);
  }

  now(testClock: string | null): number {
    const at = this.context.at;
    if (at !== undefined && at.clock === (testClock ?? "default")) return at.seconds;
    return this.store.now(testClock);
  }

  schedule(moment: Omit<DueMoment, "id">): void {
    const id = `${moment.kind}:${moment.subject}`;
    // A moved moment queues behind those already waiting for the same second.
    this.remove("due_moment", id);
    this.put("due_moment", { ...moment, id });
  }

  unschedule(kind: string, subject: string): void {
    this.remove("due_moment", `${kind}:${subject}`);
  }

  emit(type: Stripe.Event["type"], object: { id?: string; object: string }, previous?: Record<string, unknown>): void {
    this.recordEvent(this, type, object, previous);
  }

  changes(): Change[] {
    return [...this.touched.values()].filter((change) => change.before !== undefined || change.after !== undefined);
  }

  undo(): void {
    for (const step of this.undoLog.reverse()) step();
  }

  private removeFrom<K extends CollectionName>(kind: K, id: string): void {
    const table: Rows<Collections[K]> = this.tables[kind];
    const before = table.find(id);
    const sequence = table.sequenceOf(id);
    if (before === undefined || sequence === undefined) return;
    table.remove(id);
    this.undoLog.push(() => table.put(before, sequence));
    this.touch({ kind, id, before, after: undefined });
  }

  private touch(change: Change): void {
    const key = `${change.kind}/${change.id}`;
    const first = this.touched.get(key);
    this.touched.set(key, first === undefined ? change : { ...change, before: first.before });
  }
}
