/**
 * A transaction that leaves no trace: previews run the real verbs on it.
 *
 * Owns: an overlay over another transaction. Reads see the overlay first, writes stay in it, events and due moments go
 * nowhere. That a preview equals the later charge is therefore not a promise kept by two pieces of code, but one.
 */

import { resourceMissing } from "../http/errors";
import { indexes } from "../store/indexes";
import type { CollectionName, Collections, Transaction } from "../store/transaction";

/** An overlay over `base`; `nowSeconds` moves its time, when the rehearsal is about a later moment. */
export function rehearse(base: Transaction, nowSeconds?: number): Transaction {
  return new Rehearsal(base, nowSeconds);
}

class Rehearsal implements Transaction {
  readonly origin = null;
  readonly clock: string | null;
  private readonly changed = new Map<string, Collections[CollectionName] | null>();

  constructor(
    private readonly base: Transaction,
    private readonly nowSeconds: number | undefined,
  ) {
    this.clock = base.clock;
  }

  find<K extends CollectionName>(kind: K, id: string): Collections[K] | undefined {
    const own = this.changed.get(`${kind}/${id}`);
    if (own === null) return undefined;
    // The key begins with the kind, so the record is of that kind.
    return own === undefined ? this.base.find(kind, id) : (own as Collections[K]);
  }

  get<K extends CollectionName>(kind: K, id: string, param?: string): Collections[K] {
    const found = this.find(kind, id);
    if (found === undefined) throw resourceMissing(kind, id, param);
    return found;
  }

  put<K extends CollectionName>(kind: K, record: Collections[K]): Collections[K] {
    // A rate of automatic tax says what the law is; a preview names it, so that it must be there to be looked up.
    if (kind === "tax_rate") return this.base.put(kind, record);
    this.changed.set(`${kind}/${record.id}`, record);
    return record;
  }

  remove(kind: CollectionName, id: string): void {
    this.changed.set(`${kind}/${id}`, null);
  }

  list<K extends CollectionName>(kind: K, where?: (record: Collections[K]) => boolean): Collections[K][] {
    return this.merge(kind, this.base.list(kind), where ?? (() => true));
  }

  listBy<K extends CollectionName>(kind: K, index: string, value: string): Collections[K][] {
    const valuesOf = indexes[kind]?.[index];
    if (valuesOf === undefined) throw new Error(`No index "${index}" of ${kind}.`);
    return this.merge(kind, this.base.listBy(kind, index, value), (record) => {
      const values = valuesOf(record);
      return values === value || (Array.isArray(values) && values.includes(value));
    });
  }

  newId(prefix: string): string {
    return this.base.newId(prefix);
  }

  now(testClock: string | null): number {
    return this.nowSeconds ?? this.base.now(testClock);
  }

  schedule(): void {}

  unschedule(): void {}

  emit(): void {}

  /** Changed records keep their place, new ones come first (newest of all). */
  private merge<K extends CollectionName>(
    kind: K,
    base: readonly Collections[K][],
    where: (record: Collections[K]) => boolean,
  ): Collections[K][] {
    const known = new Set(base.map((record) => record.id));
    const fresh: Collections[K][] = [];
    for (const [key, record] of this.changed) {
      if (record === null || !key.startsWith(`${kind}/`) || known.has(record.id)) continue;
      fresh.unshift(record as Collections[K]);
    }
    const kept = base.flatMap((record) => this.find(kind, record.id) ?? []);
    return [...fresh, ...kept].filter(where);
  }
}
