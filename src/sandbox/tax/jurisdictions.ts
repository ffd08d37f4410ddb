/**
 * The published table of tax rates: which taxes a place imposes, and how they treat a kind of product.
 *
 * Owns: the numbers. They are real in kind and fixed for good, so that a test can name an amount: one rate per US state (no
 * counties, cities or districts), one per Canadian province beside the federal one, one per country elsewhere.
 * Refuses: knowing customers, and whether anybody is registered there (registrations.ts).
 */
import type { ProductKind } from "./tax-codes";

/** A place of taxation: a country, with its subdivision where that decides taxes. */
export interface TaxPlace {
  country: string;
  state: string | null;
}

/** One tax of a place. */
export interface PlaceTax {
  country: string;
  /** The subdivision that imposes it; null for a country's own tax. */
  state: string | null;
  jurisdiction: string;
  displayName: string;
  taxType: "gst" | "hst" | "jct" | "pst" | "qst" | "rst" | "sales_tax" | "vat";
  percentage: number;
}

/** What a tax does with a product: its rate, none, another one, or its rate on a share of the price. */
export type Treatment = "standard" | "exempt" | "zero" | { reducedTo: number } | { share: number };

/** US states by code: name, percentage, and what becomes of software and digital services. */
const unitedStates: Record<string, [name: string, percentage: number, software: Treatment]> = {
  CA: ["California", 7.25, "exempt"],
  CO: ["Colorado", 2.9, "exempt"],
  CT: ["Connecticut", 6.35, "standard"],
  FL: ["Florida", 6, "exempt"],
  IL: ["Illinois", 6.25, "exempt"],
  MA: ["Massachusetts", 6.25, "standard"],
  NJ: ["New Jersey", 6.625, "exempt"],
  NY: ["New York", 4, "standard"],
  OH: ["Ohio", 5.75, "standard"],
  PA: ["Pennsylvania", 6, "standard"],
  TX: ["Texas", 6.25, { share: 80 }],
  WA: ["Washington", 6.5, "standard"],
};

/** States that impose no sales tax of their own. */
const untaxedStates = new Set(["AK", "DE", "MT", "NH", "OR"]);

/** Canadian provinces: a harmonised tax in place of the federal one, or a tax of their own beside it. */
const provinces: Record<string, [name: string, own: "hst" | "pst" | "qst" | "rst" | null, percentage: number]> = {
  AB: ["Alberta", null, 0],
  BC: ["British Columbia", "pst", 7],
  MB: ["Manitoba", "rst", 7],
  NB: ["New Brunswick", "hst", 15],
  NL: ["Newfoundland and Labrador", "hst", 15],
  NS: ["Nova Scotia", "hst", 14],
  NT: ["Northwest Territories", null, 0],
  NU: ["Nunavut", null, 0],
  ON: ["Ontario", "hst", 13],
  PE: ["Prince Edward Island", "hst", 15],
  QC: ["Quebec", "qst", 9.975],
  SK: ["Saskatchewan", "pst", 6],
  YT: ["Yukon", null, 0],
};

const federalPercentage = 5;

/** Value-added tax of the European Union. */
const europeanUnion: Record<string, number> = {
  AT: 20,
  BE: 21,
  BG: 20,
  CY: 19,
  CZ: 21,
  DE: 19,
  DK: 25,
  EE: 24,
  ES: 21,
  FI: 25.5,
  FR: 20,
  GR: 24,
  HR: 25,
  HU: 27,
  IE: 23,
  IT: 22,
  LT: 21,
  LU: 17,
  LV: 21,
  MT: 18,
  NL: 21,
  PL: 23,
  PT: 23,
  RO: 21,
  SE: 25,
  SI: 22,
  SK: 23,
};

const otherCountries: Record<string, [taxType: PlaceTax["taxType"], percentage: number]> = {
  AU: ["gst", 10],
  CH: ["vat", 8.1],
  GB: ["vat", 20],
  JP: ["jct", 10],
  NO: ["vat", 25],
  NZ: ["gst", 15],
};

/** Printed books, where they are not taxed as everything else. */
const books: Record<string, Treatment> = {
  AT: { reducedTo: 10 },
  BE: { reducedTo: 6 },
  CH: { reducedTo: 2.6 },
  DE: { reducedTo: 7 },
  ES: { reducedTo: 4 },
  FR: { reducedTo: 5.5 },
  GB: "zero",
  IE: "zero",
  IT: { reducedTo: 4 },
  NL: { reducedTo: 9 },
  NO: "zero",
  SE: { reducedTo: 6 },
};

const names = new Intl.DisplayNames(["en"], { type: "region", fallback: "none" });
const noCountries = new Set(["EU", "EZ", "QO", "UN", "XA", "XB", "ZZ"]);

/** The English name of a country, or null when there is none of this code. */
export function countryName(country: string): string | null {
  if (!/^[A-Z]{2}$/.test(country) || noCountries.has(country)) return null;
  return names.of(country) ?? null;
}

/** Whether a country belongs to the European Union's common rules. */
export function isEuropeanUnion(country: string): boolean {
  return Object.hasOwn(europeanUnion, country);
}

/**
 * The taxes a place imposes, the country's first. Empty where it is known to impose none; null where the table says nothing.
 */
export function taxesOf(place: TaxPlace): PlaceTax[] | null {
  const { country, state } = place;
  if (country === "US") return stateTaxes(state ?? "");
  if (country === "CA") return provinceTaxes(state ?? "");
  const jurisdiction = countryName(country) ?? country;
  const vat = europeanUnion[country];
  if (vat !== undefined) return [countryTax(country, jurisdiction, "vat", vat)];
  const other = otherCountries[country];
  return other === undefined ? null : [countryTax(country, jurisdiction, ...other)];
}

/** What a tax does with a kind of product. */
export function treatmentOf(tax: PlaceTax, kind: ProductKind): Treatment {
  if (kind === "books") return books[tax.country] ?? "standard";
  if (tax.country !== "US") return "standard";
  if (kind === "service") return "exempt";
  if (kind === "goods") return "standard";
  return unitedStates[tax.state ?? ""]?.[2] ?? "standard";
}

function countryTax(country: string, jurisdiction: string, taxType: PlaceTax["taxType"], percentage: number): PlaceTax {
  return { country, state: null, jurisdiction, displayName: taxType.toUpperCase(), taxType, percentage };
}

function stateTaxes(state: string): PlaceTax[] | null {
  const known = unitedStates[state];
  if (known === undefined) return untaxedStates.has(state) ? [] : null;
  const [jurisdiction, percentage] = known;
  return [{ country: "US", state, jurisdiction, displayName: "Sales Tax", taxType: "sales_tax", percentage }];
}

function provinceTaxes(state: string): PlaceTax[] | null {
  const known = provinces[state];
  if (known === undefined) return null;
  const [jurisdiction, own, percentage] = known;
  const federal = countryTax("CA", "Canada", "gst", federalPercentage);
  if (own === null) return [federal];
  const provincial: PlaceTax = {
    country: "CA",
    state,
    jurisdiction,
    displayName: own.toUpperCase(),
    taxType: own,
    percentage,
  };
  return own === "hst" ? [provincial] : [federal, provincial];
}
