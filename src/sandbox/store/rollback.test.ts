/** What a transaction that throws leaves behind: nothing, not even in the order of lists. */
import { expect, it } from "vitest";
import { collectionNames } from "./collections";
import { Store } from "./store";

it("puts back what was changed, removed, made and emitted, in its old place", async () => {
  const store = await Store.open({
    realNowMs: () => 0,
    recordEvent: (tx, type) => {
      const event = { id: tx.newId("evt"), type, created: 0, data: { object: { id: "tombstone" } } };
      tx.put("event", event as unknown as Parameters<typeof tx.put<"event">>[1]);
    },
  });
  const names = ["a", "b", "c", "d"];
  store.transaction((tx) => {
    for (const id of names) tx.put("tombstone", { id, object: "kept" });
    for (const subject of names) tx.schedule({ clock: "default", at: 5, kind: "test", subject });
    tx.emit("customer.updated", { object: "customer" });
  });
  const state = () =>
    collectionNames.flatMap((kind) =>
      [...store.records(kind)].map(
        (record) => `${kind} ${store.sequenceOf(kind, record.id)} ${JSON.stringify(record)}`,
      ),
    );
  const before = state();
  const refused = () =>
    store.transaction((tx) => {
      tx.put("tombstone", { id: "b", object: "changed" });
      for (const id of ["c", "a"]) tx.remove("tombstone", id);
      tx.put("tombstone", { id: "a", object: "made anew" });
      tx.put("tombstone", { id: "e", object: "made" });
      tx.schedule({ clock: "default", at: 1, kind: "test", subject: "b" });
      tx.unschedule("test", "d");
      for (const { id } of tx.list("event")) tx.remove("event", id);
      tx.emit("customer.created", { object: "customer" });
      throw new Error("refused");
    });
  expect(refused).toThrow("refused");
  expect(state()).toEqual(before);
  expect(before).toHaveLength(9);
  expect(store.listBy("event", "object", "tombstone")).toHaveLength(1);
});
