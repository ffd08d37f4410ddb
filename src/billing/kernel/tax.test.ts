import { describe, expect, it } from "vitest";
import { shownTaxes, type TaxPart, taxLabel, taxNotes } from "./tax";

const vat: TaxPart = {
  ...{ name: "VAT", place: "Germany", percentage: "19", taxableMinor: 29_900n, amountMinor: 5_681n },
  ...{ isInclusive: false, reason: "standard_rated" },
};
const part = (more: Partial<TaxPart>): TaxPart => ({ ...vat, ...more });

describe("the words of a tax", () => {
  it.each([
    ["VAT Germany, 19%", vat],
    ["VAT Germany, 19%, included", part({ isInclusive: true })],
    ["Tax, 8%", part({ name: "Tax", place: null, percentage: "8", reason: "not_available" })],
    ["Tax", part({ name: "Tax", place: null, percentage: null })],
    ["VAT Germany, reverse charge", part({ amountMinor: 0n, percentage: null, reason: "reverse_charge" })],
    ["Sales tax New York, exempt", part({ name: "Sales tax", place: "New York", reason: "customer_exempt" })],
  ])("%s", (label, tax) => {
    expect(taxLabel(tax)).toBe(label);
  });

  it("leaves out zeros that say nothing, and keeps those that do", () => {
    const silent = part({ amountMinor: 0n, reason: "not_collecting" });
    const reversed = part({ amountMinor: 0n, reason: "reverse_charge" });
    const zeroRated = part({ amountMinor: 0n, percentage: "0", reason: "zero_rated" });
    expect(shownTaxes([vat, silent, reversed, zeroRated])).toEqual([vat, reversed, zeroRated]);
  });

  it.each([
    ["nothing", [], []],
    ["an ordinary tax", [vat], []],
    ["reverse charge", [part({ reason: "reverse_charge" })], [/^Reverse charge: the recipient/]],
    ["exemption", [part({ reason: "customer_exempt" })], [/exempt/]],
    ["no registration at all", [part({ reason: "not_collecting" })], [/not registered/]],
    ["one registration of two", [vat, part({ reason: "not_collecting" })], []],
  ] as const)("notes %s", (_name, parts, notes) => {
    expect(taxNotes(parts)).toEqual(notes.map((note) => expect.stringMatching(note)));
  });
});
