/** What is typed of a discount's worth, and what it stands for. */
import { expect, it } from "vitest";
import { durationOf, EMPTY_WORTH, offOf, type Worth, worthErrors } from "./worth";

const GOOD: Worth = { ...EMPTY_WORTH, name: "Spring", value: "20" };

it.each([
  ["nothing typed", { ...EMPTY_WORTH }, ["name", "value"]],
  ["a percentage", GOOD, []],
  ["more than everything", { ...GOOD, value: "250" }, ["value"]],
  ["as much as an amount", { ...GOOD, kind: "amount", value: "250" }, []],
  ["nothing off", { ...GOOD, value: "0" }, ["value"]],
  ["no number", { ...GOOD, value: "1,5" }, ["value"]],
  ["a name invoices have no room for", { ...GOOD, name: "x".repeat(41) }, ["name"]],
  ["too many months", { ...GOOD, duration: "repeating", months: "61" }, ["months"]],
  ["months that are not asked for", { ...GOOD, months: "some" }, []],
] satisfies Array<[string, Worth, string[]]>)("%s", (_, worth, fields) => {
  expect(Object.keys(worthErrors(worth))).toEqual(fields);
});

it("is what a wish is made of", () => {
  expect([offOf({ ...GOOD, value: " 12.5 " }), durationOf({ ...GOOD, duration: "repeating" })]).toEqual([
    { kind: "percent", percent: "12.5" },
    { kind: "repeating", months: 3 },
  ]);
});
