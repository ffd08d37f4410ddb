/** What is stored as a plan is read as the same plan: no amount, instant or nothing may change its type on the way. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Decimal } from "../kernel/decimal";
import { decode, encode } from "./rules";

/** Through text, as a restart would take it. */
function throughJson(value: unknown): unknown {
  return decode(JSON.parse(JSON.stringify(encode(value))));
}

const leaf = fc.oneof(
  fc.constantFrom(null, undefined, true, false),
  fc.bigInt({ min: -(2n ** 80n), max: 2n ** 80n }),
  fc.date({ noInvalidDate: true }),
  fc.string(),
  fc.integer(),
  fc.double({ noNaN: true }),
  fc.tuple(fc.maxSafeInteger(), fc.integer({ min: 0, max: 12 })).map(([units, places]) => {
    return new Decimal(units).div(new Decimal(10).pow(places));
  }),
);
const word = fc.stringMatching(/^[a-zA-Z][a-zA-Z0-9_.]{0,11}$/).filter((name) => !(name in Object.prototype));
const { value: plan } = fc.letrec((tie) => ({
  value: fc.oneof({ depthSize: "small", withCrossShrink: true }, leaf, tie("list"), tie("record")),
  list: fc.array(tie("value"), { maxLength: 5 }),
  record: fc.dictionary(word, tie("value"), { maxKeys: 6, noNullPrototype: true }),
}));

describe("encode and decode", () => {
  it("give back every plan as it was, whatever it is made of", () => {
    const isKept = fc.property(plan, (value) => {
      expect(throughJson(value)).toStrictEqual(value);
    });
    fc.assert(isKept, { numRuns: 4_096 });
  });

  it.each<[string, unknown]>([
    ["an amount beyond what a number holds", 9_007_199_254_740_993n],
    ["an instant", new Date("2026-01-31T23:59:59.999Z")],
    ["an exact decimal", new Decimal("0.001")],
    ["nothing", undefined],
    ["null", null],
    ["nothing inside", { couponId: undefined, lines: [undefined, null] }],
    ["lines of a plan", { lines: [{ amountMinor: -1n, at: new Date(0), price: new Decimal("0.10") }] }],
    ["keys with dots", { "a.b": { "c.d": 1n } }],
    ["the same thing twice", [new Date(5), new Date(5)]],
  ])("keep %s", (_what, value) => {
    expect(throughJson(value)).toStrictEqual(value);
  });

  it("keep one object that stands in two places", () => {
    const period = { startAt: new Date(1), endAt: new Date(2) };
    expect(throughJson({ from: period, to: period })).toStrictEqual({ from: period, to: period });
  });

  it.each([
    ["a bare value", 5],
    ["null", null],
    ["an unknown form", { data: 1 }],
  ])("refuse to read %s", (_what, stored) => {
    expect(() => decode(stored)).toThrow(expect.objectContaining({ code: "invariant.broken" }));
  });
});
