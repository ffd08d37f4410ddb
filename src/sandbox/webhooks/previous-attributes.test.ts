import { expect, it } from "vitest";
import { previousAttributes } from "./previous-attributes";

const list = (...data: object[]) => ({ object: "list", data, has_more: false });

it.each<[what: string, before: object, after: object, previous: object | undefined]>([
  ["nothing", { a: 1, b: [1, { c: 2 }] }, { b: [1, { c: 2 }], a: 1 }, undefined],
  ["a value", { a: 1, b: 2 }, { a: 3, b: 2 }, { a: 1 }],
  ["a value that was null", { a: null }, { a: { b: 1 } }, { a: null }],
  ["the keys of a hash that changed", { a: { b: 1, c: 2 } }, { a: { b: 1, c: 3 } }, { a: { c: 2 } }],
  ["keys deep inside", { a: { b: { c: 1, d: 2 } } }, { a: { b: { c: 1, d: 3 } } }, { a: { b: { d: 2 } } }],
  ["a hash that went whole", { a: { b: 1, c: 2 } }, { a: null }, { a: { b: 1, c: 2 } }],
  ["arrays whole", { a: [{ b: 1, c: 2 }, 5] }, { a: [{ b: 3, c: 2 }, 5] }, { a: [{ b: 1, c: 2 }, 5] }],
  ["the data of a list", { a: list({ id: 1 }) }, { a: list({ id: 2 }) }, { a: { data: [{ id: 1 }] } }],
  [
    "metadata by key",
    { metadata: { a: "1", b: "2" } },
    { metadata: { b: "3", c: "4" } },
    { metadata: { a: "1", b: "2", c: null } },
  ],
  ["a field that is new", { a: 1 }, { a: 1, b: 2 }, {}],
])("tells %s", (_what, before, after, previous) => {
  expect(previousAttributes(before, after)).toEqual(previous);
});
