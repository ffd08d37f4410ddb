import { expect, it } from "vitest";
import { previousAttributes } from "./previous-attributes";

const list = (...data: object[]) => ({ object: "list", data, has_more: false });

it.each<[what: string, before: object, after: object, previous: object | undefined]>([
  ["nothing", { a: 1, b: [1, { c: 2 }] }, { b: [1, { c: 2 }], a: 1 }, undefined],
  ["a value", { a: 1, b: 2 }, { a: 3, b: 2 }, { a: 1 }],
  ["a value that was null", { a: null }, { a: { b: 1 } }, { a: null }],
  ["a hash whole, as the types have it", { a: { b: 1, c: 2 } }, { a: { b: 1, c: 3 } }, { a: { b: 1, c: 2 } }],
  ["nothing of a hash that only looks new", { a: { b: { c: 1 } } }, { a: { b: { c: 1 } } }, undefined],
  ["a hash that went whole", { a: { b: 1, c: 2 } }, { a: null }, { a: { b: 1, c: 2 } }],
  ["arrays whole", { a: [{ b: 1, c: 2 }, 5] }, { a: [{ b: 3, c: 2 }, 5] }, { a: [{ b: 1, c: 2 }, 5] }],
  ["a list whole", { a: list({ id: 1 }) }, { a: list({ id: 2 }) }, { a: list({ id: 1 }) }],
  [
    "metadata by key",
    { metadata: { a: "1", b: "2" } },
    { metadata: { b: "3", c: "4" } },
    { metadata: { a: "1", b: "2" } },
  ],
  ["a field that is new", { a: 1 }, { a: 1, b: 2 }, {}],
])("tells %s", (_what, before, after, previous) => {
  expect(previousAttributes(before, after)).toEqual(previous);
});
