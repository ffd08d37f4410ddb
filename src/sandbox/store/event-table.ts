/**
 * The events in memory: far more of them than of anything else, and hardly ever read again.
 *
 * An event is serialised once, when it is recorded; its text serves the journal, and soon joins a compressed block with its
 * neighbours, so that a year of a thousand subscriptions fits into some twenty megabytes. What is handed out reads `data`
 * only when somebody looks at it: a list filtered by type unpacks nothing. `pending_webhooks` is not stored at all, it
 * follows from the deliveries. An event never changes: putting one a second time does nothing.
 */
import { brotliCompressSync, brotliDecompressSync, constants } from "node:zlib";
import type Stripe from "stripe";
import type { RowIndexes, Rows } from "./table";

/** Events of one block: enough to compress well, few enough to unpack in a fraction of a millisecond. */
const BLOCK_EVENTS = 64;
const UNPACKED_BLOCKS = 8;
// The lowest quality that looks far enough back to find the event before: twenty to one, and faster than writing it down.
const compression = { params: { [constants.BROTLI_PARAM_QUALITY]: 1, [constants.BROTLI_PARAM_LGWIN]: 22 } };

interface Row {
  id: string;
  sequence: number;
  created: number;
  type: Stripe.Event["type"];
  /** The event's JSON while it is young; later the block it is in, and its place there. */
  text: string | null;
  block: Buffer | null;
  place: number;
  isRemoved: boolean;
}

type Parsed = Pick<Stripe.Event, "api_version" | "data" | "request">;

/** All events of a sandbox, in order. */
export class EventTable implements Rows<Stripe.Event> {
  private readonly byId = new Map<string, Row>();
  private readonly order: Row[] = [];
  private readonly indexed = new Map<string, Map<string, Row[]>>();
  private readonly types = new Map<string, Stripe.Event["type"]>();
  /** From here on, events in `order` are in no block yet. */
  private firstLoose = 0;
  private removed = 0;
  private readonly unpacked = new Map<Buffer, string[]>();

  constructor(
    private readonly indexes: RowIndexes<Stripe.Event>,
    /** How many endpoints have not taken an event yet. */
    private readonly pendingOf: (id: string) => number,
  ) {
    for (const name of Object.keys(indexes)) this.indexed.set(name, new Map());
  }

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
    if (this.order.length - this.firstLoose >= 2 * BLOCK_EVENTS) this.pack();
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

  *entries(): Generator<{ record: Stripe.Event; sequence: number }> {
    for (const row of this.order) if (!row.isRemoved) yield { record: this.eventOf(row), sequence: row.sequence };
  }

  by(index: string, value: string): Stripe.Event[] {
    const values = this.indexed.get(index);
    if (values === undefined) throw new Error(`Events have no index "${index}": declare it in store/indexes.ts.`);
    const rows = (values.get(value) ?? []).filter((row) => !row.isRemoved);
    return rows.reverse().map((row) => this.eventOf(row));
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

  private textOf(row: Row): string {
    if (row.text !== null) return row.text;
    if (row.block === null) throw new Error(`The event ${row.id} is nowhere.`);
    let texts = this.unpacked.get(row.block);
    if (texts === undefined) {
      texts = brotliDecompressSync(row.block).toString("utf8").split("\n");
      const oldest = this.unpacked.keys().next();
      if (this.unpacked.size >= UNPACKED_BLOCKS && oldest.done === false) this.unpacked.delete(oldest.value);
      this.unpacked.set(row.block, texts);
    }
    return texts[row.place] ?? "";
  }

  private pack(): void {
    const rows = this.order.slice(this.firstLoose, this.firstLoose + BLOCK_EVENTS);
    // JSON has no bare line breaks.
    const packed = brotliCompressSync(rows.map((row) => this.textOf(row)).join("\n"), compression);
    // What comes out is the front of a larger buffer: keep only what is used of it.
    const block = Buffer.allocUnsafeSlow(packed.length);
    packed.copy(block);
    for (const [place, row] of rows.entries()) {
      row.text = null;
      row.block = block;
      row.place = place;
    }
    this.firstLoose += rows.length;
  }

  private eachIndexValue(record: Stripe.Event, visit: (rows: Row[]) => void): void {
    for (const [name, read] of Object.entries(this.indexes)) {
      const values = this.indexed.get(name);
      const found = read(record);
      if (values === undefined || found === null || found === undefined) continue;
      for (const value of typeof found === "string" ? [found] : found) {
        let rows = values.get(value);
        if (rows === undefined) {
          rows = [];
          values.set(value, rows);
        }
        visit(rows);
      }
    }
  }
}
