/** One collection in memory: records by id, in order of creation, with its secondary indexes. */

interface Row<R> {
  record: R;
  /** Rises with every creation; a record keeps it through all its changes. */
  sequence: number;
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
  /** All rows with their numbers, for a snapshot. */
  entries(): Iterable<{ record: R; sequence: number }>;
  /** By a declared index, newest first. */
  by(index: string, value: string): R[];
}

/** The records of one kind, as objects. */
export class Table<R extends { id: string }> implements Rows<R> {
  private readonly rows = new Map<string, Row<R>>();
  private order: Array<{ id: string; sequence: number }> = [];
  // A set of one costs more than the record's id: most values of an index have just one.
  private readonly indexed = new Map<string, Map<string, string | Set<string>>>();

  constructor(private readonly indexes: RowIndexes<R>) {
    for (const name of Object.keys(indexes)) this.indexed.set(name, new Map());
  }

  get size(): number {
    return this.rows.size;
  }

  find(id: string): R | undefined {
    return this.rows.get(id)?.record;
  }

  sequenceOf(id: string): number | undefined {
    return this.rows.get(id)?.sequence;
  }

  put(record: R, sequence: number): void {
    const row = this.rows.get(record.id);
    if (row !== undefined) {
      this.unindex(row.record);
      row.record = record;
    } else {
      this.rows.set(record.id, { record, sequence });
      this.enter(record.id, sequence);
    }
    this.index(record);
  }

  remove(id: string): void {
    const row = this.rows.get(id);
    if (row === undefined) return;
    this.unindex(row.record);
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
      if (row !== undefined && row.sequence === entry?.sequence) yield row.record;
    }
  }

  *entries(): Generator<{ record: R; sequence: number }> {
    for (const row of this.rows.values()) yield row;
  }

  by(index: string, value: string): R[] {
    const values = this.indexed.get(index);
    if (values === undefined)
      throw new Error(`The collection has no index "${index}": declare it in store/indexes.ts.`);
    const rows: Row<R>[] = [];
    const ids = values.get(value) ?? [];
    for (const id of typeof ids === "string" ? [ids] : ids) {
      const row = this.rows.get(id);
      if (row !== undefined) rows.push(row);
    }
    return rows.sort((a, b) => b.sequence - a.sequence).map((row) => row.record);
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
    this.eachIndexValue(record, (values, value) => {
      const ids = values.get(value);
      if (ids === undefined) values.set(value, record.id);
      else if (typeof ids !== "string") ids.add(record.id);
      else if (ids !== record.id) values.set(value, new Set([ids, record.id]));
    });
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
    for (const [name, read] of Object.entries(this.indexes)) {
      const values = this.indexed.get(name);
      const value = read(record);
      if (values === undefined || value === null || value === undefined) continue;
      if (typeof value === "string") visit(values, value);
      else for (const one of value) visit(values, one);
    }
  }
}
