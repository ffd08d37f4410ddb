/** Countries and their parts, as lists to choose from. Names come from the browser, codes are ISO 3166. */

export interface Choice {
  value: string;
  label: string;
}

const countryCodes =
  "AD AE AF AG AI AL AM AO AR AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BW BY BZ CA CD CF CG CH CI CK CL CM CN CO CR CV CW CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HN HR HT HU ID IE IL IM IN IO IQ IS IT JE JM JO JP KE KG KH KI KM KN KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MK ML MM MN MO MQ MR MS MT MU MV MW MX MY MZ NA NC NE NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PY QA RE RO RS RU RW SA SB SC SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG US UY UZ VA VC VE VG VN VU WF WS XK YE YT ZA ZM ZW".split(
    " ",
  );

const names = new Intl.DisplayNames(["en"], { type: "region" });

/** Countries in alphabetical order, all or the allowed ones. */
export function countryChoices(allowed?: readonly string[]): Choice[] {
  const codes = allowed === undefined || allowed.length === 0 ? countryCodes : allowed;
  return codes
    .map((value) => ({ value, label: names.of(value) ?? value }))
    .sort((one, other) => one.label.localeCompare(other.label, "en"));
}

/** The country of the browser's language, for a first guess. */
export function likelyCountry(): string {
  for (const language of navigator.languages) {
    const region = /-([A-Z]{2})\b/.exec(language)?.[1];
    if (region !== undefined && countryCodes.includes(region)) return region;
  }
  return "US";
}

const parts: Record<string, { label: string; entries: string }> = {
  US: {
    label: "State",
    entries:
      "AL Alabama|AK Alaska|AZ Arizona|AR Arkansas|CA California|CO Colorado|CT Connecticut|DE Delaware|DC District of Columbia|FL Florida|GA Georgia|HI Hawaii|ID Idaho|IL Illinois|IN Indiana|IA Iowa|KS Kansas|KY Kentucky|LA Louisiana|ME Maine|MD Maryland|MA Massachusetts|MI Michigan|MN Minnesota|MS Mississippi|MO Missouri|MT Montana|NE Nebraska|NV Nevada|NH New Hampshire|NJ New Jersey|NM New Mexico|NY New York|NC North Carolina|ND North Dakota|OH Ohio|OK Oklahoma|OR Oregon|PA Pennsylvania|PR Puerto Rico|RI Rhode Island|SC South Carolina|SD South Dakota|TN Tennessee|TX Texas|UT Utah|VT Vermont|VA Virginia|WA Washington|WV West Virginia|WI Wisconsin|WY Wyoming",
  },
  CA: {
    label: "Province",
    entries:
      "AB Alberta|BC British Columbia|MB Manitoba|NB New Brunswick|NL Newfoundland and Labrador|NT Northwest Territories|NS Nova Scotia|NU Nunavut|ON Ontario|PE Prince Edward Island|QC Quebec|SK Saskatchewan|YT Yukon",
  },
  AU: {
    label: "State",
    entries:
      "ACT Australian Capital Territory|NSW New South Wales|NT Northern Territory|QLD Queensland|SA South Australia|TAS Tasmania|VIC Victoria|WA Western Australia",
  },
};

/** The states or provinces an address in the country needs; null where it needs none. */
export function stateChoices(country: string): { label: string; choices: Choice[] } | null {
  const found = parts[country];
  if (found === undefined) return null;
  const choices = found.entries.split("|").map((entry) => {
    const gap = entry.indexOf(" ");
    return { value: entry.slice(0, gap), label: entry.slice(gap + 1) };
  });
  return { label: found.label, choices: [{ value: "", label: "Select" }, ...choices] };
}

/** What the town is called there. */
export function townLabel(country: string): string {
  if (country === "GB" || country === "IE") return "Town or city";
  return country === "AU" ? "Suburb" : "City";
}
