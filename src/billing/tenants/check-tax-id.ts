/**
 * The check digits of tax ids, by a library that knows the arithmetic of each country.
 *
 * Not among the rules, because it is large and a browser must not load it: forms check the shape, the server checks the
 * digits. A number without a known arithmetic passes; Stripe's test numbers do too.
 */
import { stdnum } from "stdnum";
import { isTestTaxId, taxIdKind, taxIdProblem } from "./rules-tax-ids";

/** Names of the library's arithmetic by kind and country. */
const ARITHMETIC: Readonly<Record<string, string>> = {
  ...{ "eu_vat AT": "uid", "eu_vat BE": "vat", "eu_vat BG": "vat", "eu_vat CY": "vat", "eu_vat CZ": "dic" },
  ...{ "eu_vat DE": "vat", "eu_vat DK": "cvr", "eu_vat EE": "kmkr", "eu_vat GR": "vat", "eu_vat ES": "nif" },
  ...{ "eu_vat FI": "alv", "eu_vat FR": "tva", "eu_vat HR": "oib", "eu_vat HU": "anum", "eu_vat IE": "vat" },
  ...{ "eu_vat IT": "iva", "eu_vat LT": "pvm", "eu_vat LU": "tva", "eu_vat LV": "pvn", "eu_vat MT": "vat" },
  ...{ "eu_vat NL": "btw", "eu_vat PL": "nip", "eu_vat PT": "nif", "eu_vat RO": "cui", "eu_vat SE": "vat" },
  ...{ "eu_vat SI": "ddv", "eu_vat SK": "dph", "gb_vat GB": "vat", "ch_vat CH": "vat", "no_vat NO": "mva" },
  ...{ "au_abn AU": "abn", "br_cnpj BR": "cnpj", "in_gst IN": "gstin", "kr_brn KR": "brn", "nz_gst NZ": "ird" },
};

/** What is wrong with a tax id, in shape or in its check digits; null when nothing is. */
export function checkTaxId(type: string, value: string): string | null {
  const problem = taxIdProblem(type, value);
  if (problem !== null || isTestTaxId(value)) return problem;
  const kind = taxIdKind(type, value);
  const arithmetic = kind && stdnum[kind.country]?.[ARITHMETIC[`${type} ${kind.country}`] ?? ""];
  if (!kind || !arithmetic || arithmetic.validate(value).isValid) return null;
  return `The digits of this ${kind.label} number do not add up: one of them is mistyped. A right one is ${kind.example}.`;
}
