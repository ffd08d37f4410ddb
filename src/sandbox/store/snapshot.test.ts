/** A snapshot shows the same state as the journal it replaces, wherever a crash interrupts the replacement. */
import { copyFileSync, existsSync, readFileSync, renameSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, expect, it } from "vitest";
import { temporaryDirectory } from "../testing/start";
import { collectionNames } from "./collections";
import { Store } from "./store";

const cleanUp: Array<() => unknown> = [];
afterEach(async () => {
  for (const step of cleanUp.splice(0).reverse()) await step();
});

function dataDirectory(): string {
  const data = temporaryDirectory();
  cleanUp.push(data.remove);
  return data.path;
}

const open = (dataDirectory: string): Promise<Store> =>
  Store.open({
    dataDirectory,
    realNowMs: () => 0,
    recordEvent: (tx, type, object) => {
      const event = { id: tx.newId("evt"), type, created: 5, api_version: "v", request: null, data: { object } };
      tx.put("event", event as unknown as Parameters<typeof tx.put<"event">>[1]);
    },
  });

/** Makes, changes and removes records of several kinds, with events; `round` makes the names differ. */
function work(store: Store, round: number): void {
  for (let count = 0; count < 300; count += 1) {
    store.transaction((tx) => {
      tx.put("tombstone", { id: `${round}-${count}`, object: "kept ".repeat(40) });
      if (count % 3 === 0) tx.remove("tombstone", `${round - 1}-${count}`);
      if (count % 3 === 1 && round > 0) tx.put("tombstone", { id: `${round - 1}-${count}`, object: "changed" });
      tx.schedule({ clock: "default", at: count, kind: "test", subject: String(count % 50) });
      tx.emit("customer.updated", { object: "customer", id: `cus_${count % 7}` });
    });
  }
  store.transaction((tx) => {
    for (const { id } of tx.list("event").slice(3, 5)) tx.remove("event", id);
  });
}

const stateOf = (store: Store) => [
  ...collectionNames.flatMap((kind) =>
    [...store.records(kind)].map((record) => `${kind} ${store.sequenceOf(kind, record.id)} ${JSON.stringify(record)}`),
  ),
  store.listBy("event", "customer", "cus_3").map(({ id }) => id),
  store.listBy("due_moment", "clock", "default").map(({ id }) => id),
];

it("keeps records, order and indexes over several snapshots, and the journal short", async () => {
  const path = dataDirectory();
  for (let round = 0; round < 4; round += 1) {
    const store = await open(path);
    work(store, round);
    const before = stateOf(store);
    await store.close();
    expect(statSync(join(path, "journal.jsonl")).size).toBe(0);
    const again = await open(path);
    expect(stateOf(again)).toEqual(before);
    // Changed as the first thing after a start, when no index has been read yet.
    again.transaction((tx) => tx.remove("tombstone", `${round}-7`));
    await again.close();
    const third = await open(path);
    expect(stateOf(third)).toEqual(before.filter((line) => !String(line).includes(`"id":"${round}-7"`)));
    await third.close();
  }
});

it("loses nothing and doubles nothing, wherever a crash interrupts a snapshot", async () => {
  const path = dataDirectory();
  const saved = (name: string) => join(path, `${name}.saved`);
  const first = await open(path);
  work(first, 0);
  await first.durable();
  const journal = join(path, "journal.jsonl");
  copyFileSync(journal, saved("journal"));
  await first.close();
  const snapshot = join(path, "snapshot.bin");
  const second = await open(path);
  work(second, 1);
  const before = stateOf(second);
  await second.durable();
  copyFileSync(journal, saved("tail"));
  await second.close();
  copyFileSync(snapshot, saved("snapshot"));
  const secondJournal = join(path, "journal-2.jsonl");
  const crashes: Record<string, () => void> = {
    "with both journals and no snapshot": () => {
      renameSync(snapshot, `${snapshot}.next`);
      copyFileSync(saved("journal"), journal);
      copyFileSync(saved("tail"), secondJournal);
    },
    "with the new snapshot and both journals": () => {
      copyFileSync(saved("snapshot"), snapshot);
      copyFileSync(saved("journal"), journal);
      copyFileSync(saved("tail"), secondJournal);
    },
    "with the new snapshot and the journal before it": () => {
      copyFileSync(saved("snapshot"), snapshot);
      writeFileSync(journal, Buffer.concat([readFileSync(saved("journal")), readFileSync(saved("tail"))]));
    },
    "with a line torn at the end of the second journal": () => {
      copyFileSync(saved("snapshot"), snapshot);
      copyFileSync(saved("tail"), secondJournal);
      writeFileSync(secondJournal, '[["tombstone",{"id":"torn"', { flag: "a" });
    },
  };
  for (const [name, crash] of Object.entries(crashes)) {
    crash();
    const again = await open(path);
    expect(stateOf(again), name).toEqual(before);
    expect(existsSync(secondJournal), name).toBe(false);
    await again.close();
  }
});

it("refuses a damaged snapshot", async () => {
  const path = dataDirectory();
  const store = await open(path);
  work(store, 0);
  await store.close();
  const snapshot = join(path, "snapshot.bin");
  truncateSync(snapshot, statSync(snapshot).size - 100);
  await expect(open(path)).rejects.toThrow(/snapshot .* is damaged/);
});
