/**
 * Countries, their states where those matter, and what a postal code looks like. Pure.
 *
 * Owns no law: rules for postal codes are light, because a form that refuses a real address is worse than one that takes a
 * wrong one. Refuses nothing in countries it has no pattern for.
 */

const COUNTRY_CODES = (
  "AD AE AF AG AI AL AM AO AR AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BW BY BZ CA CD CF CG CH CI " +
  "CK CL CM CN CO CR CV CW CY CZ DE DJ DK DM DO DZ EC EE EG ER ES ET FI FJ FK FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ " +
  "GR GT GU GW GY HK HN HR HT HU ID IE IL IM IN IQ IS IT JE JM JO JP KE KG KH KI KM KN KR KW KY KZ LA LB LC LI LK LR LS LT " +
  "LU LV LY MA MC MD ME MF MG MK ML MM MN MO MQ MR MS MT MU MV MW MX MY MZ NA NC NE NG NI NL NO NP NR NU NZ OM PA PE PF PG " +
  "PH PK PL PM PN PR PS PT PY QA RE RO RS RU RW SA SB SC SE SG SH SI SK SL SM SN SO SR SS ST SV SX SZ TC TD TG TH TJ TK TL " +
  "TM TN TO TR TT TV TW TZ UA UG US UY UZ VA VC VE VG VN VU WF WS XK YE YT ZA ZM ZW"
).split(" ");

const KNOWN = new Set(COUNTRY_CODES);

/** Whether two letters name a country that can be billed. */
export function isCountry(code: string): boolean {
  return KNOWN.has(code);
}

/** A country with its name in English and, where that differs, in its own language: "Austria (Österreich)". */
export interface CountryOption {
  code: string;
  name: string;
}

/** All countries by name. Slow to make (one set of names per language), so make it once. */
export function listCountries(): CountryOption[] {
  return COUNTRY_CODES.map((code) => ({ code, name: fullName(code) })).sort((a, b) =>
    a.name.localeCompare(b.name, "en"),
  );
}

const english = new Intl.DisplayNames("en", { type: "region" });

/** A country's name in English; the code where there is none. */
export function countryName(code: string): string {
  return /^[A-Z]{2}$/.test(code) ? (english.of(code) ?? code) : code;
}

function fullName(code: string): string {
  const { language } = new Intl.Locale("und", { region: code }).maximize();
  const own = new Intl.DisplayNames([language, "en"], { type: "region" }).of(code) ?? code;
  const name = countryName(code);
  return own === name ? name : `${name} (${own})`;
}

const US_STATES =
  "AL Alabama|AK Alaska|AZ Arizona|AR Arkansas|CA California|CO Colorado|CT Connecticut|DE Delaware|DC District of Columbia|" +
  "FL Florida|GA Georgia|HI Hawaii|ID Idaho|IL Illinois|IN Indiana|IA Iowa|KS Kansas|KY Kentucky|LA Louisiana|ME Maine|" +
  "MD Maryland|MA Massachusetts|MI Michigan|MN Minnesota|MS Mississippi|MO Missouri|MT Montana|NE Nebraska|NV Nevada|" +
  "NH New Hampshire|NJ New Jersey|NM New Mexico|NY New York|NC North Carolina|ND North Dakota|OH Ohio|OK Oklahoma|" +
  "OR Oregon|PA Pennsylvania|RI Rhode Island|SC South Carolina|SD South Dakota|TN Tennessee|TX Texas|UT Utah|VT Vermont|" +
  "VA Virginia|WA Washington|WV West Virginia|WI Wisconsin|WY Wyoming";
const CA_PROVINCES =
  "AB Alberta|BC British Columbia|MB Manitoba|NB New Brunswick|NL Newfoundland and Labrador|NT Northwest Territories|" +
  "NS Nova Scotia|NU Nunavut|ON Ontario|PE Prince Edward Island|QC Québec|SK Saskatchewan|YT Yukon";
const AU_STATES =
  "ACT Australian Capital Territory|NSW New South Wales|NT Northern Territory|QLD Queensland|SA South Australia|" +
  "TAS Tasmania|VIC Victoria|WA Western Australia";

/** What a country calls its parts, where an address is incomplete without one. */
export interface Regions {
  label: string;
  options: ReadonlyArray<{ code: string; name: string }>;
}

const REGIONS: Readonly<Record<string, Regions>> = {
  US: { label: "State", options: regionsOf(US_STATES) },
  CA: { label: "Province", options: regionsOf(CA_PROVINCES) },
  AU: { label: "State", options: regionsOf(AU_STATES) },
};

/** The states of a country that needs one; null elsewhere. */
export function regionsIn(country: string): Regions | null {
  return REGIONS[country] ?? null;
}

function regionsOf(text: string) {
  return text.split("|").map((entry) => {
    const space = entry.indexOf(" ");
    return { code: entry.slice(0, space), name: entry.slice(space + 1) };
  });
}

/** Patterns and an example by country; only where the code is short, well known and always there. */
const POSTAL_CODES: Readonly<Record<string, { pattern: RegExp; example: string }>> = {
  US: { pattern: /^\d{5}(-\d{4})?$/, example: "10001" },
  CA: { pattern: /^[A-Z]\d[A-Z] ?\d[A-Z]\d$/, example: "K1A 0B1" },
  GB: { pattern: /^[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}$/, example: "SW1A 1AA" },
  ...Object.fromEntries(
    ["AT", "AU", "BE", "BG", "CH", "DK", "HU", "LU", "NO", "NZ", "SI", "CY"].map(digits(4, "1010")),
  ),
  ...Object.fromEntries(["DE", "ES", "FI", "FR", "IT", "HR", "EE", "MX", "TR"].map(digits(5, "10115"))),
  NL: { pattern: /^\d{4} ?[A-Z]{2}$/, example: "1012 AB" },
  SE: { pattern: /^\d{3} ?\d{2}$/, example: "111 22" },
  CZ: { pattern: /^\d{3} ?\d{2}$/, example: "110 00" },
  SK: { pattern: /^\d{3} ?\d{2}$/, example: "811 01" },
  GR: { pattern: /^\d{3} ?\d{2}$/, example: "105 57" },
  PL: { pattern: /^\d{2}-?\d{3}$/, example: "00-001" },
  PT: { pattern: /^\d{4}-?\d{3}$/, example: "1000-001" },
  RO: { pattern: /^\d{6}$/, example: "010011" },
  IN: { pattern: /^\d{3} ?\d{3}$/, example: "110001" },
  JP: { pattern: /^\d{3}-?\d{4}$/, example: "100-0001" },
  BR: { pattern: /^\d{5}-?\d{3}$/, example: "01000-000" },
};

function digits(count: number, example: string) {
  const pattern = new RegExp(`^\\d{${count}}$`);
  return (country: string) => [country, { pattern, example }] as const;
}

/** What is wrong with a postal code in that country, null when nothing is. A country without a pattern takes any or none. */
export function postalCodeProblem(country: string, postalCode: string): string | null {
  const known = POSTAL_CODES[country];
  if (known === undefined) return null;
  const where = countryName(country);
  if (postalCode === "") return `Enter the postal code. In ${where} it looks like ${known.example}.`;
  if (known.pattern.test(postalCode.toUpperCase())) return null;
  return `This is not a postal code of ${where}: it looks like ${known.example}.`;
}
