/** One collection in memory: records by id, in order of creation, with its secondary indexes. */
import type { RestoredRows, Storable, StoredRow } from "./snapshot";

/** Up to this many records stay in memory, however long they rest: catalogs are small and in every hand. */
const SMALL_TABLE = 5_000;

/** A record, or the place in a snapshot where it lies until somebody looks at it. */
interface Row<R> extends StoredRow {
  record: R | null;
}

/** Records are frozen all the way down, so that a handler can never change state behind the store's back. */
export function freeze<T>(value: T): T {
  if (typeof value !== "object" || value === null || Object.isFrozen(value)) return value;
  Object.freeze(value);
  for (const entry of Object.values(value)) freeze(entry);
  return value;
}

/** The secondary indexes of a collection by name. */
export type RowIndexes<R> = Record<string, (record: R) => string | null | undefined | readonly string[]>;

/** The records of one kind, however they are kept. */
export interface Rows<R extends { id: string }> {
  readonly size: number;
  find(id: string): R | undefined;
  sequenceOf(id: string): number | undefined;
  /** Stores a record; `sequence` is used when the id is new. */
  put(record: R, sequence: number): void;
  remove(id: string): void;
  newestFirst(): Iterable<R>;
  /** Oldest first; whoever stops early leaves the rest unread. */
  oldestFirst(): Iterable<R>;
  /** By a declared index, newest first. */
  by(index: string, value: string): R[];
}

/** The records of one kind, as objects. */
export class Table<R extends { id: string }> implements Rows<R>, Storable {
  private readonly rows = new Map<string, Row<R>>();
  private order: Array<{ id: string; sequence: number }> = [];
  // A set of one costs more than the record's id: most values of an index have just one.
  private readonly indexed = new Map<string, Map<string, string | Set<string>>>();
  private restored: RestoredRows | null = null;

  constructor(private readonly indexes: RowIndexes<R>) {}

  get size(): number {
    return this.rows.size;
  }

  find(id: string): R | undefined {
    const row = this.rows.get(id);
    return row === undefined ? undefined : this.recordOf(row);
  }

  sequenceOf(id: string): number | undefined {
    return this.rows.get(id)?.sequence;
  }

  put(record: R, sequence: number): void {
    const row = this.rows.get(record.id);
    if (row !== undefined) {
      this.unindex(this.recordOf(row));
      row.record = record;
      row.block = null;
    } else {
      this.rows.set(record.id, { id: record.id, record, sequence, block: null, place: 0 });
      this.enter(record.id, sequence);
    }
    this.index(record);
  }

  remove(id: string): void {
    const row = this.rows.get(id);
    if (row === undefined) return;
    this.unindex(this.recordOf(row));
    this.rows.delete(id);
    if (this.order.length > 64 && this.order.length > this.rows.size * 2) {
      this.order = this.order.filter((entry) => this.rows.get(entry.id)?.sequence === entry.sequence);
    }
  }

  /** Newest first. */
  *newestFirst(): Generator<R> {
    for (let position = this.order.length - 1; position >= 0; position -= 1) {
      const entry = this.order[position];
      const row = entry === undefined ? undefined : this.rows.get(entry.id);
      if (row !== undefined && row.sequence === entry?.sequence) yield this.recordOf(row);
    }
  }

  *oldestFirst(): Generator<R> {
    for (const row of this.storedRows()) yield this.recordOf(row);
  }

  by(index: string, value: string): R[] {
    const values = this.valuesOf(index);
    const rows: Row<R>[] = [];
    const ids = values.get(value) ?? [];
    for (const id of typeof ids === "string" ? [ids] : ids) {
      const row = this.rows.get(id);
      if (row !== undefined) rows.push(row);
    }
    return rows.sort((a, b) => b.sequence - a.sequence).map((row) => this.recordOf(row));
  }

  get indexNames(): string[] {
    return Object.keys(this.indexes);
  }

  storedRows(): Row<R>[] {
    const rows: Row<R>[] = [];
    for (const { id, sequence } of this.order) {
      const row = this.rows.get(id);
      if (row?.sequence === sequence) rows.push(row);
    }
    return rows;
  }

  textOf(row: StoredRow): string {
    const { block, place, record } = row as Row<R>;
    return block === null ? JSON.stringify(record) : block.text(place);
  }

  release(row: StoredRow): void {
    if (this.rows.size > SMALL_TABLE) (row as Row<R>).record = null;
  }

  indexRows(name: string, positions: ReadonlyMap<string, number>): Array<[string, ...number[]]> {
    return [...this.valuesOf(name)].map(([value, ids]) => [
      value,
      ...(typeof ids === "string" ? [ids] : [...ids]).map((id) => positions.get(id) ?? 0),
    ]);
  }

  extra(): null {
    return null;
  }

  restore(saved: RestoredRows): void {
    for (const { id, sequence, block, place } of saved.rows) {
      this.rows.set(id, { id, record: null, sequence, block, place });
      this.order.push({ id, sequence });
    }
    this.restored = saved;
  }

  private recordOf(row: Row<R>): R {
    // What a block holds was a record of this table when it was packed.
    row.record ??= freeze(JSON.parse(row.block?.text(row.place) ?? "null") as R);
    return row.record;
  }

  /** An index that came with a snapshot is read when it is first needed. */
  private valuesOf(name: string): Map<string, string | Set<string>> {
    const known = this.indexed.get(name);
    if (known !== undefined) return known;
    const read = this.indexes[name];
    if (read === undefined) throw new Error(`The collection has no index "${name}": declare it in store/indexes.ts.`);
    const values = new Map<string, string | Set<string>>();
    this.indexed.set(name, values);
    const { restored } = this;
    if (restored === null) return values;
    // The last one lets go of what was read at the start.
    if (this.indexed.size === this.indexNames.length) this.restored = null;
    const saved = restored.readIndex(name);
    if (saved === null) {
      for (const row of this.storedRows())
        eachValue(read(this.recordOf(row)), (value) => enterValue(values, value, row.id));
      return values;
    }
    const { rows } = restored;
    for (const [value, ...positions] of saved) {
      const ids = positions.map((position) => rows[position]?.id ?? "");
      const [only] = ids;
      values.set(value, ids.length === 1 && only !== undefined ? only : new Set(ids));
    }
    return values;
  }

  /** A removed record leaves its entry behind for a while: an undone removal must find it and not enter twice. */
  private enter(id: string, sequence: number): void {
    let from = 0;
    let to = (this.order.at(-1)?.sequence ?? -1) < sequence ? 0 : this.order.length;
    if (to === 0) from = this.order.length;
    else {
      while (from < to) {
        const middle = (from + to) >> 1;
        if ((this.order[middle]?.sequence ?? 0) < sequence) from = middle + 1;
        else to = middle;
      }
    }
    if (this.order[from]?.sequence !== sequence) this.order.splice(from, 0, { id, sequence });
  }

  private index(record: R): void {
    this.eachIndexValue(record, (values, value) => enterValue(values, value, record.id));
  }

  private unindex(record: R): void {
    this.eachIndexValue(record, (values, value) => {
      const ids = values.get(value);
      if (ids === record.id) values.delete(value);
      else if (typeof ids === "object") {
        ids.delete(record.id);
        if (ids.size === 0) values.delete(value);
      }
    });
  }

  private eachIndexValue(record: R, visit: (values: Map<string, string | Set<string>>, value: string) => void): void {
    for (const name in this.indexes) {
      const values = this.valuesOf(name);
      eachValue(this.indexes[name]?.(record), (value) => visit(values, value));
    }
  }
}

function eachValue(found: string | null | undefined | readonly string[], visit: (value: string) => void): void {
  if (found === null || found === undefined) return;
  if (typeof found === "string") visit(found);
  else for (const value of found) visit(value);
}

function enterValue(values: Map<string, string | Set<string>>, value: string, id: string): void {
  const ids = values.get(value);
  if (ids === undefined) values.set(value, id);
  else if (typeof ids !== "string") ids.add(id);
  else if (ids !== id) values.set(value, new Set([ids, id]));
}
