/** What is wrong with billing details, field by field, and what changed between two of them. Pure. */
import { z } from "zod";
import type { BillingField, PostalAddress } from "./model-billing-details";
import { countryName, isCountry, postalCodeProblem, regionsIn } from "./rules-places";
import { normalTaxId, taxIdName } from "./rules-tax-ids";

/** Billing details as they were typed. */
export interface TypedDetails {
  legalName: string;
  billingEmail: string;
  phone: string;
  line1: string;
  line2: string;
  city: string;
  state: string;
  postalCode: string;
  country: string;
  purchaseOrder: string;
  timeZone: string;
  taxIds: ReadonlyArray<{ type: string; value: string }>;
}

/** Billing details as they are to be. */
export interface WantedDetails {
  legalName: string;
  billingEmail: string;
  phone: string | null;
  address: PostalAddress | null;
  taxIds: Array<{ type: string; value: string }>;
  purchaseOrder: string | null;
}

/** What is wrong, by the name of the field; tax ids are "taxIds.0", "taxIds.1" … */
export type FieldProblems = Record<string, string>;

/**
 * Everything that is wrong, at once, each with how to put it right. `checkTaxId` says what is wrong with one tax id.
 * `needsAddress`: taxes go by the address, so none is no choice.
 */
export function detailsProblems(
  typed: TypedDetails,
  rules: { needsAddress: boolean; checkTaxId: (type: string, value: string) => string | null },
): FieldProblems {
  const problems: FieldProblems = {};
  const note = (field: string, problem: string | null) => {
    if (problem !== null) problems[field] = problem;
  };
  note("legalName", typed.legalName === "" ? "Enter the name that is to stand on invoices." : null);
  note("billingEmail", emailProblem(typed.billingEmail));
  note("phone", phoneProblem(typed.phone));
  note("timeZone", timeZoneProblem(typed.timeZone));
  Object.assign(problems, addressProblems(typed, rules.needsAddress));
  const seen = new Set<string>();
  for (const [index, { type, value }] of typed.taxIds.entries()) {
    const normal = normalTaxId(value);
    const twice = seen.has(`${type} ${normal}`) ? "This number stands here twice." : null;
    seen.add(`${type} ${normal}`);
    note(`taxIds.${index}`, twice ?? rules.checkTaxId(type, normal));
  }
  return problems;
}

function emailProblem(email: string): string | null {
  if (email === "") return "Enter the address that invoices and notices go to.";
  return z.email().safeParse(email).success
    ? null
    : "This is not an e-mail address: it looks like billing@example.com.";
}

function phoneProblem(phone: string): string | null {
  if (phone === "" || /^\+?[\d ()./-]{5,30}$/.test(phone)) return null;
  return "A phone number has digits only, with its country code: +43 1 234567.";
}

function timeZoneProblem(timeZone: string): string | null {
  try {
    new Intl.DateTimeFormat("en", { timeZone });
    return null;
  } catch {
    return "Choose a time zone from the list, for example Europe/Vienna.";
  }
}

function addressProblems(typed: TypedDetails, needsAddress: boolean): FieldProblems {
  const { line1, city, state, postalCode, country } = typed;
  if (!needsAddress && addressOf(typed) === null) return {};
  if (country === "") return { country: "Choose the country." };
  if (!isCountry(country)) return { country: "Choose a country from the list." };
  const problems: FieldProblems = {};
  if (line1 === "") problems.line1 = "Enter the street and number.";
  if (city === "") problems.city = "Enter the city.";
  const postal = postalCodeProblem(country, postalCode);
  if (postal !== null) problems.postalCode = postal;
  const regions = regionsIn(country);
  if (regions !== null && !regions.options.some((option) => option.code === state)) {
    problems.state = `Choose the ${regions.label.toLowerCase()}: in ${countryName(country)} an address needs one.`;
  }
  return problems;
}

/** The details that were meant: empty text is nothing, codes are upper case. */
export function wantedDetails(typed: TypedDetails): WantedDetails {
  return {
    legalName: typed.legalName,
    billingEmail: typed.billingEmail,
    phone: orNull(typed.phone),
    address: addressOf(typed),
    taxIds: typed.taxIds.map(({ type, value }) => ({ type, value: normalTaxId(value) })),
    purchaseOrder: orNull(typed.purchaseOrder),
  };
}

function addressOf(typed: TypedDetails): PostalAddress | null {
  const { country } = typed;
  const postalCode = /^(US|CA|GB|NL)$/.test(country) ? typed.postalCode.toUpperCase() : typed.postalCode;
  const address = {
    ...{ line1: orNull(typed.line1), line2: orNull(typed.line2), city: orNull(typed.city), state: orNull(typed.state) },
    ...{ postalCode: orNull(postalCode), country: orNull(country) },
  };
  return Object.values(address).every((part) => part === null) ? null : address;
}

function orNull(text: string): string | null {
  return text === "" ? null : text;
}

/** The details as far as they are compared. */
export type ComparedDetails = Omit<WantedDetails, "legalName" | "billingEmail"> & {
  legalName: string | null;
  billingEmail: string | null;
};

/** The names of what differs, in the order of the form. */
export function changedFields(before: ComparedDetails, after: ComparedDetails): BillingField[] {
  const changed: BillingField[] = [];
  if (before.legalName !== after.legalName) changed.push("legalName");
  if (before.billingEmail !== after.billingEmail) changed.push("billingEmail");
  if (before.phone !== after.phone) changed.push("phone");
  if (addressText(before.address) !== addressText(after.address)) changed.push("address");
  if (taxIdsText(before.taxIds) !== taxIdsText(after.taxIds)) changed.push("taxIds");
  if (before.purchaseOrder !== after.purchaseOrder) changed.push("purchaseOrder");
  return changed;
}

function addressText(address: PostalAddress | null): string {
  return addressLines(address).join("\n");
}

function taxIdsText(taxIds: ReadonlyArray<{ type: string; value: string }>): string {
  return taxIds
    .map(({ type, value }) => `${type} ${normalTaxId(value)}`)
    .sort()
    .join("\n");
}

/** An address as it stands on an envelope, country in English last. */
export function addressLines(address: PostalAddress | null): string[] {
  if (address === null) return [];
  const { line1, line2, city, state, postalCode, country } = address;
  const behind = country !== null && /^(US|CA|AU)$/.test(country);
  const town = behind ? [city, state, postalCode] : [postalCode, city];
  const region = behind ? null : state;
  const lines = [line1, line2, town.filter(Boolean).join(" "), region, country && countryName(country)];
  return lines.flatMap((line) => (line ? [line] : []));
}

/** Tax ids as they stand on an invoice: "VAT id DE136695976". */
export function taxIdLines(taxIds: ReadonlyArray<{ type: string; value: string }>): string[] {
  return taxIds.map(({ type, value }) => `${taxIdName(type, value)} ${value}`);
}
