/**
 * The events in memory: far more of them than of anything else, and hardly ever read again.
 *
 * An event is serialised once, when it is recorded; its text serves the journal, and soon joins a compressed block with its
 * neighbours, so that a year of a thousand subscriptions fits into some twenty megabytes. What is handed out reads `data`
 * only when somebody looks at it: a list filtered by type unpacks nothing. `pending_webhooks` is not stored at all, it
 * follows from the deliveries. An event never changes: putting one a second time does nothing.
 */
import type Stripe from "stripe";
import { BLOCK_TEXTS, Block } from "./blocks";
import type { RestoredRows, Storable, StoredRow } from "./snapshot";
import type { RowIndexes, Rows } from "./table";

interface Row extends StoredRow {
  created: number;
  type: Stripe.Event["type"];
  /** The event's JSON while it is young; later only the block has it. */
  text: string | null;
  isRemoved: boolean;
}

/** What a start needs to know of all events: their types as numbers into a list. */
interface SavedDetails {
  types: Stripe.Event["type"][];
  typeOf: number[];
  created: number[];
}

type Parsed = Pick<Stripe.Event, "api_version" | "data" | "request">;

/** All events of a sandbox, in order. */
export class EventTable implements Rows<Stripe.Event>, Storable {
  private readonly byId = new Map<string, Row>();
  private readonly order: Row[] = [];
  private readonly indexed = new Map<string, Map<string, Row[]>>();
  private readonly types = new Map<string, Stripe.Event["type"]>();
  /** From here on, events in `order` are in no block yet. */
  private firstLoose = 0;
  private removed = 0;
  private restored: { rows: Row[]; readIndex: RestoredRows["readIndex"] } | null = null;

  constructor(
    private readonly indexes: RowIndexes<Stripe.Event>,
    /** How many endpoints have not taken an event yet. */
    private readonly pendingOf: (id: string) => number,
  ) {}

  get size(): number {
    return this.byId.size - this.removed;
  }

  find(id: string): Stripe.Event | undefined {
    const row = this.live(id);
    return row === undefined ? undefined : this.eventOf(row);
  }

  sequenceOf(id: string): number | undefined {
    return this.live(id)?.sequence;
  }

  /** The event's JSON as the journal keeps it. */
  serialised(id: string): string | undefined {
    const row = this.live(id);
    return row === undefined ? undefined : this.textOf(row);
  }

  put(record: Stripe.Event, sequence: number): void {
    const known = this.byId.get(record.id);
    if (known !== undefined) {
      // An undone removal.
      if (known.isRemoved) this.removed -= 1;
      known.isRemoved = false;
      return;
    }
    const text = JSON.stringify({ ...record, pending_webhooks: 0 });
    const { id, created } = record;
    const type = this.types.get(record.type) ?? record.type;
    this.types.set(type, type);
    const row: Row = { id, sequence, created, type, text, block: null, place: 0, isRemoved: false };
    this.byId.set(id, row);
    this.order.push(row);
    this.eachIndexValue(record, (rows) => rows.push(row));
    if (this.order.length - this.firstLoose >= 2 * BLOCK_TEXTS) this.pack();
  }

  remove(id: string): void {
    const row = this.live(id);
    if (row === undefined) return;
    if (row !== this.order.at(-1)) {
      row.isRemoved = true;
      this.removed += 1;
      return;
    }
    // The newest one goes without a trace: a refused request may have recorded it.
    this.eachIndexValue(this.eventOf(row), (rows) => rows.splice(rows.lastIndexOf(row), 1));
    this.order.pop();
    this.byId.delete(id);
    this.firstLoose = Math.min(this.firstLoose, this.order.length);
  }

  *newestFirst(): Generator<Stripe.Event> {
    for (let position = this.order.length - 1; position >= 0; position -= 1) {
      const row = this.order[position];
      if (row?.isRemoved === false) yield this.eventOf(row);
    }
  }

  *oldestFirst(): Generator<Stripe.Event> {
    for (const row of this.storedRows()) yield this.eventOf(row);
  }

  by(index: string, value: string): Stripe.Event[] {
    const rows = (this.valuesOf(index).get(value) ?? []).filter((row) => !row.isRemoved);
    return rows.reverse().map((row) => this.eventOf(row));
  }

  get indexNames(): string[] {
    return Object.keys(this.indexes);
  }

  storedRows(): Row[] {
    return this.order.filter((row) => !row.isRemoved);
  }

  release(): void {
    // What a block holds is never kept beside it.
  }

  indexRows(name: string, positions: ReadonlyMap<string, number>): Array<[string, ...number[]]> {
    return [...this.valuesOf(name)].map(([value, rows]) => [
      value,
      ...rows.map((row) => positions.get(row.id)).filter((position) => position !== undefined),
    ]);
  }

  extra(rows: readonly StoredRow[]): SavedDetails {
    const numbers = new Map<string, number>();
    const details: SavedDetails = { types: [], typeOf: [], created: [] };
    for (const { type, created } of rows as readonly Row[]) {
      let number = numbers.get(type);
      if (number === undefined) {
        number = details.types.push(type) - 1;
        numbers.set(type, number);
      }
      details.typeOf.push(number);
      details.created.push(created);
    }
    return details;
  }

  restore({ rows, extra, readIndex }: RestoredRows): void {
    const { types, typeOf, created } = extra as SavedDetails;
    for (const type of types) this.types.set(type, type);
    for (const [position, { id, sequence, block, place }] of rows.entries()) {
      const type = types[typeOf[position] ?? 0] ?? "account.updated";
      const row = { id, sequence, block, place, created: created[position] ?? 0, type, text: null, isRemoved: false };
      this.byId.set(id, row);
      this.order.push(row);
    }
    this.firstLoose = this.order.length;
    this.restored = { rows: [...this.order], readIndex };
  }

  private live(id: string): Row | undefined {
    const row = this.byId.get(id);
    return row?.isRemoved === false ? row : undefined;
  }

  /** An event whose own JSON is read at the first look at what only it can tell. */
  private eventOf(row: Row): Stripe.Event {
    let parsed: Parsed | null = null;
    const read = (): Parsed => {
      parsed ??= JSON.parse(this.textOf(row)) as Parsed;
      return parsed;
    };
    const pendingOf = this.pendingOf;
    const event = {
      id: row.id,
      object: "event",
      get api_version() {
        return read().api_version;
      },
      created: row.created,
      get data() {
        return read().data;
      },
      livemode: false,
      get pending_webhooks() {
        return pendingOf(row.id);
      },
      get request() {
        return read().request;
      },
      type: row.type,
    };
    // The union of all event types pairs each type with its object; here both are only known at run time.
    return event as unknown as Stripe.Event;
  }

  textOf(row: StoredRow & { text?: string | null }): string {
    if (typeof row.text === "string") return row.text;
    if (row.block === null) throw new Error(`The event ${row.id} is nowhere.`);
    return row.block.text(row.place);
  }

  private pack(): void {
    const rows = this.order.slice(this.firstLoose, this.firstLoose + BLOCK_TEXTS);
    // A snapshot may have packed some of them meanwhile.
    const loose = rows.filter((row) => row.block === null);
    const block = Block.of(loose.map((row) => this.textOf(row)));
    for (const [place, row] of loose.entries()) Object.assign(row, { block, place });
    for (const row of rows) row.text = null;
    this.firstLoose += rows.length;
  }

  private eachIndexValue(record: Stripe.Event, visit: (rows: Row[]) => void): void {
    for (const [name, read] of Object.entries(this.indexes)) {
      const values = this.valuesOf(name);
      const found = read(record);
      if (found === null || found === undefined) continue;
      for (const value of typeof found === "string" ? [found] : found) visit(rowsAt(values, value));
    }
  }

  /** An index that came with a snapshot is read when it is first needed. */
  private valuesOf(name: string): Map<string, Row[]> {
    const known = this.indexed.get(name);
    if (known !== undefined) return known;
    if (this.indexes[name] === undefined) {
      throw new Error(`Events have no index "${name}": declare it in store/indexes.ts.`);
    }
    const values = new Map<string, Row[]>();
    this.indexed.set(name, values);
    const { restored } = this;
    if (restored === null) return values;
    // The last one lets go of what was read at the start.
    if (this.indexed.size === this.indexNames.length) this.restored = null;
    const { rows, readIndex } = restored;
    const saved = readIndex(name);
    for (const [value, ...positions] of saved ?? []) {
      values.set(
        value,
        positions.map((position) => rows[position]).filter((row) => row !== undefined),
      );
    }
    if (saved === null) for (const row of rows) this.enterInto(values, name, row);
    return values;
  }

  private enterInto(values: Map<string, Row[]>, name: string, row: Row): void {
    const found = this.indexes[name]?.(this.eventOf(row));
    if (found === null || found === undefined) return;
    for (const value of typeof found === "string" ? [found] : found) rowsAt(values, value).push(row);
  }
}

function rowsAt(values: Map<string, Row[]>, value: string): Row[] {
  let rows = values.get(value);
  if (rows === undefined) {
    rows = [];
    values.set(value, rows);
  }
  return rows;
}
