/**
 * The due moments of every clock, each clock's in order of time and then of scheduling.
 *
 * A binary heap per clock over what the store holds. Entries are dropped lazily: one whose record has gone or has been
 * scheduled anew since is skipped when it comes up, so that rescheduling costs no search.
 */
import type { Store } from "../store/store";
import type { DueMoment } from "../store/transaction";

interface Entry {
  id: string;
  at: number;
  sequence: number;
}

function earlier(a: Entry, b: Entry): boolean {
  return a.at < b.at || (a.at === b.at && a.sequence < b.sequence);
}

class Heap {
  private readonly entries: Entry[] = [];

  peek(): Entry | undefined {
    return this.entries[0];
  }

  push(entry: Entry): void {
    const entries = this.entries;
    let position = entries.push(entry) - 1;
    while (position > 0) {
      const parent = (position - 1) >> 1;
      const above = entries[parent];
      if (above === undefined || !earlier(entry, above)) break;
      entries[position] = above;
      position = parent;
    }
    entries[position] = entry;
  }

  pop(): void {
    const entries = this.entries;
    const last = entries.pop();
    if (last === undefined || entries.length === 0) return;
    let position = 0;
    for (;;) {
      let child = position * 2 + 1;
      const left = entries[child];
      if (left === undefined) break;
      const right = entries[child + 1];
      if (right !== undefined && earlier(right, left)) child += 1;
      const smaller = entries[child];
      if (smaller === undefined || !earlier(smaller, last)) break;
      entries[position] = smaller;
      position = child;
    }
    entries[position] = last;
  }
}

/** The due moments of a store by clock, kept current through its commits. */
export class DueQueue {
  private readonly heaps = new Map<string, Heap>();

  constructor(private readonly store: Store) {
    for (const moment of store.records("due_moment")) this.add(moment);
    store.onCommit((changes) => {
      for (const change of changes) {
        if (change.kind !== "due_moment" || change.after === undefined) continue;
        const moment = store.find("due_moment", change.id);
        if (moment !== undefined) this.add(moment);
      }
    });
  }

  /** The earliest moment of a clock that still stands. */
  next(clock: string): DueMoment | undefined {
    const heap = this.heaps.get(clock);
    for (let entry = heap?.peek(); entry !== undefined; entry = heap?.peek()) {
      const moment = this.store.find("due_moment", entry.id);
      const current = this.store.sequenceOf("due_moment", entry.id) === entry.sequence;
      if (moment !== undefined && current && moment.clock === clock && moment.at === entry.at) return moment;
      heap?.pop();
    }
    return undefined;
  }

  private add(moment: DueMoment): void {
    let heap = this.heaps.get(moment.clock);
    if (heap === undefined) {
      heap = new Heap();
      this.heaps.set(moment.clock, heap);
    }
    heap.push({ id: moment.id, at: moment.at, sequence: this.store.sequenceOf("due_moment", moment.id) ?? 0 });
  }
}
