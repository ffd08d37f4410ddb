/** IBANs as typed: grouping, the check digits, and what is wrong with one. SEPA debits take those of SEPA countries only. */
import { type Problem, problem } from "../card/problems";

/** How many characters an IBAN has, by the country it starts with; only countries of the SEPA area. */
const lengths: Readonly<Record<string, number>> = Object.fromEntries(
  "AD24 AT20 BE16 BG22 CH21 CY28 CZ24 DE22 DK18 EE20 ES24 FI18 FR27 GB22 GI23 GR27 HR21 HU28 IE22 IS26 IT27 LI21 LT20 LU20 LV21 MC27 MT31 NL18 NO15 PL28 PT25 RO24 SE24 SI19 SK24 SM27 VA22"
    .split(" ")
    .map((entry) => [entry.slice(0, 2), Number(entry.slice(2))]),
);

/** The letters and digits of a text, in capitals, at most as many as an IBAN of its country has. */
export function ibanCharacters(text: string): string {
  const characters = text.replace(/[^a-z\d]/gi, "").toUpperCase();
  return characters.slice(0, lengths[characters.slice(0, 2)] ?? 34);
}

/** In groups of four, as IBANs are printed. */
export function formatIban(text: string): string {
  return ibanCharacters(text).replace(/(.{4})(?=.)/g, "$1 ");
}

/** The country an IBAN starts with; empty until both letters are there. */
export function ibanCountry(text: string): string {
  return /^[A-Z]{2}/.exec(ibanCharacters(text))?.[0] ?? "";
}

/** ISO 7064: moved to the end, letters as numbers, the country and check digits make the whole 1 modulo 97. */
export function passesIbanCheck(characters: string): boolean {
  let remainder = 0;
  for (const character of characters.slice(4) + characters.slice(0, 4)) {
    for (const digit of String(Number.parseInt(character, 36))) remainder = (remainder * 10 + Number(digit)) % 97;
  }
  return remainder === 1;
}

/** What is wrong with an IBAN, or null. */
export function ibanProblem(text: string): Problem | null {
  const characters = ibanCharacters(text);
  if (characters.length < 2) return /\d/.test(characters) ? problem("invalid_iban") : problem("incomplete_iban");
  const length = lengths[characters.slice(0, 2)];
  if (length === undefined) return problem("invalid_iban_country_code");
  if (characters.length < length) return problem("incomplete_iban");
  return /^[A-Z]{2}\d{2}/.test(characters) && passesIbanCheck(characters) ? null : problem("invalid_iban");
}
