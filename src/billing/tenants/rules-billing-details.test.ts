/** Tables of what a form of billing details may say, country by country. */
import { describe, expect, it } from "vitest";
import { checkTaxId } from "./check-tax-id";
import {
  addressLines,
  changedFields,
  detailsProblems,
  type TypedDetails,
  wantedDetails,
} from "./rules-billing-details";
import { isCountry, listCountries, postalCodeProblem } from "./rules-places";
import { isTestTaxId, normalTaxId, TAX_ID_KINDS, taxIdKindsIn } from "./rules-tax-ids";

const typed = (more: Partial<TypedDetails> = {}): TypedDetails => ({
  ...{ legalName: "Northlight GmbH", billingEmail: "billing@northlight.example", phone: "", line1: "Hauptstr. 1" },
  ...{ line2: "", city: "Berlin", state: "", postalCode: "10115", country: "DE", purchaseOrder: "" },
  ...{ timeZone: "Europe/Berlin", taxIds: [] },
  ...more,
});
const problems = (more: Partial<TypedDetails>, needsAddress = false) =>
  Object.keys(detailsProblems(typed(more), { needsAddress, checkTaxId }));
const nowhere = { line1: "", city: "", postalCode: "", country: "" };

describe("what is wrong with a form", () => {
  const cases: Array<[string, Partial<TypedDetails>, string[]]> = [
    ["nothing", {}, []],
    ["no name", { legalName: "" }, ["legalName"]],
    ["no e-mail", { billingEmail: "" }, ["billingEmail"]],
    ["half an e-mail", { billingEmail: "billing@" }, ["billingEmail"]],
    ["letters in a phone number", { phone: "call me" }, ["phone"]],
    ["a phone number", { phone: "+49 (30) 123-456" }, []],
    ["no such zone", { timeZone: "Mars/Olympus" }, ["timeZone"]],
    ["no country", { country: "" }, ["country"]],
    ["no such country", { country: "ZZ" }, ["country"]],
    ["a street without a city", { city: "" }, ["city"]],
    ["a short postal code", { postalCode: "1011" }, ["postalCode"]],
    ["no state in the United States", { country: "US", postalCode: "10001" }, ["state"]],
    ["a state in the United States", { country: "US", postalCode: "10001", state: "NY" }, []],
    ["a province of another country", { country: "CA", postalCode: "K1A 0B1", state: "NY" }, ["state"]],
    ["lower case in Canada", { country: "CA", postalCode: "k1a 0b1", state: "ON" }, []],
    ["a country without postal codes", { country: "HK", postalCode: "" }, []],
    ["no address at all", nowhere, []],
    [
      "all at once",
      { legalName: "", billingEmail: "x", line1: "", city: "" },
      ["legalName", "billingEmail", "line1", "city"],
    ],
  ];
  it.each(cases)("%s", (_name, more, expected) => {
    expect(problems(more)).toEqual(expected);
  });

  it("asks for an address only where taxes go by it", () => {
    expect(problems(nowhere, true)).toEqual(["country"]);
    expect(problems(nowhere, false)).toEqual([]);
  });

  it("names the tax id that is wrong, with a right one, and the one that stands there twice", () => {
    const taxIds = ["DE13669597", "de 136 695 976", "DE136695976", "DE136695977"].map((value) => ({
      type: "eu_vat",
      value,
    }));
    const found = detailsProblems(typed({ taxIds }), { needsAddress: false, checkTaxId });
    expect(Object.keys(found)).toEqual(["taxIds.0", "taxIds.2", "taxIds.3"]);
    expect(found["taxIds.0"]).toContain("DE136695976");
    expect(found["taxIds.2"]).toContain("twice");
    expect(found["taxIds.3"]).toContain("add up");
  });
});

describe("tax ids", () => {
  it.each(TAX_ID_KINDS.map((kind) => [`${kind.country} ${kind.type}`, kind] as const))(
    "%s: its example is right",
    (_, kind) => {
      expect(checkTaxId(kind.type, normalTaxId(kind.example))).toBeNull();
      expect(checkTaxId(kind.type, `${normalTaxId(kind.example)}99`)).not.toBeNull();
      expect(isCountry(kind.country)).toBe(true);
      expect(taxIdKindsIn(kind.country)).toContain(kind);
    },
  );

  it("refuses a mistyped digit where the country has check digits", () => {
    const wrong = { ATU13585628: "eu_vat", DE136695977: "eu_vat", FR40303265046: "eu_vat", GB980780685: "gb_vat" };
    for (const [value, type] of Object.entries(wrong)) expect(checkTaxId(type, value)).toMatch(/add up/);
  });

  it("takes Stripe's test numbers, which add up nowhere", () => {
    for (const value of ["DE000000000", "DE111111111", "ATU00000000"]) {
      expect(isTestTaxId(value)).toBe(true);
      expect(checkTaxId("eu_vat", value)).toBeNull();
    }
    expect(checkTaxId("eu_vat", "DE0000000")).not.toBeNull();
    expect(checkTaxId("eu_vat", "XX000000000")).toMatch(/two letters/);
    expect(checkTaxId("xx_vat", "1")).toMatch(/do not know/);
  });
});

describe("places", () => {
  it("lists countries with their own names", () => {
    const countries = listCountries();
    expect(countries).toHaveLength(new Set(countries.map(({ code }) => code)).size);
    expect(countries).toContainEqual({ code: "AT", name: "Austria (Österreich)" });
    expect(countries).toContainEqual({ code: "IE", name: expect.stringMatching(/^Ireland/) });
  });

  it("takes any postal code where it knows no pattern", () => {
    expect(postalCodeProblem("MG", "whatever")).toBeNull();
    expect(postalCodeProblem("DE", "10115")).toBeNull();
    expect(postalCodeProblem("DE", "")).toMatch(/10115/);
  });

  it("sets an address as its country does", () => {
    const lines = (more: Partial<TypedDetails>) => addressLines(wantedDetails(typed(more)).address);
    expect(lines({})).toEqual(["Hauptstr. 1", "10115 Berlin", "Germany"]);
    expect(lines({ country: "US", line1: "1 Main St", city: "Austin", state: "TX", postalCode: "78701" })).toEqual([
      ...["1 Main St", "Austin TX 78701", "United States"],
    ]);
    expect(lines(nowhere)).toEqual([]);
  });
});

describe("what changed", () => {
  const of = (more: Partial<TypedDetails> = {}) => wantedDetails(typed(more));
  const two = [
    { type: "eu_vat", value: "DE136695976" },
    { type: "gb_vat", value: "GB980780684" },
  ];
  it.each([
    ["nothing", of(), of(), []],
    ["the order of tax ids", of({ taxIds: two }), of({ taxIds: [...two].reverse() }), []],
    [
      "the writing of a tax id",
      of({ taxIds: two.slice(0, 1) }),
      of({ taxIds: [{ type: "eu_vat", value: "de 136695976" }] }),
      [],
    ],
    ["a tax id", of({ taxIds: two }), of({ taxIds: two.slice(1) }), ["taxIds"]],
    ["the street", of(), of({ line1: "Hauptstr. 2" }), ["address"]],
    ["name and phone", of(), of({ legalName: "N", phone: "+1 555 0100" }), ["legalName", "phone"]],
    ["a reference", of(), of({ purchaseOrder: "PO-7" }), ["purchaseOrder"]],
  ] as const)("%s", (_name, before, after, expected) => {
    expect(changedFields(before, after)).toEqual(expected);
  });
});
