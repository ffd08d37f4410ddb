/**
 * From an address to a place of taxation.
 *
 * Owns: how precise an address must be (the United States: a postal code; Canada: a postal code or a province; elsewhere
 * the country is enough), which state a postal code lies in, and the few network addresses the sandbox can place.
 */
import { countryName, type TaxPlace } from "./jurisdictions";

/** The parts of an address that taxes depend on. */
export interface TaxAddress {
  country?: string | null | undefined;
  state?: string | null | undefined;
  postal_code?: string | null | undefined;
}

/** First and last three digits of ZIP codes by state. */
const zipRanges =
  "005-005NY 006-009PR 010-027MA 028-029RI 030-038NH 039-049ME 050-059VT 060-069CT 070-089NJ 100-149NY 150-196PA 197-199DE " +
  "200-205DC 206-219MD 220-246VA 247-268WV 270-289NC 290-299SC 300-319GA 320-349FL 350-369AL 370-385TN 386-397MS 398-399GA " +
  "400-427KY 430-459OH 460-479IN 480-499MI 500-528IA 530-549WI 550-567MN 570-577SD 580-588ND 590-599MT 600-629IL 630-658MO " +
  "660-679KS 680-693NE 700-714LA 716-729AR 730-749OK 750-799TX 800-816CO 820-831WY 832-838ID 840-847UT 850-865AZ 870-884NM " +
  "885-885TX 889-898NV 900-961CA 967-968HI 970-979OR 980-994WA 995-999AK";

const zipStates = zipRanges.split(" ").map((range) => ({
  from: Number(range.slice(0, 3)),
  to: Number(range.slice(4, 7)),
  state: range.slice(7),
}));

/** Canadian provinces by the first letter of a postal code; X is shared by two. */
const postalProvinces: Record<string, string> = {
  A: "NL",
  B: "NS",
  C: "PE",
  E: "NB",
  G: "QC",
  H: "QC",
  J: "QC",
  K: "ON",
  L: "ON",
  M: "ON",
  N: "ON",
  P: "ON",
  R: "MB",
  S: "SK",
  T: "AB",
  V: "BC",
  X: "NT",
  Y: "YT",
};

/** The networks that are reserved for documentation stand for three countries; no other address can be placed. */
const documentationNetworks: ReadonlyArray<[prefix: string, place: TaxPlace]> = [
  ["192.0.2.", { country: "US", state: "NY" }],
  ["198.51.100.", { country: "DE", state: null }],
  ["203.0.113.", { country: "GB", state: null }],
];

/** Whether an address says anything at all: an empty one is passed over, an imprecise one is not. */
export function saysSomething(address: TaxAddress | null | undefined): address is TaxAddress {
  return Boolean(address?.country || address?.state || address?.postal_code);
}

/** The place of an address, or null when it is not precise enough. */
export function placeOfAddress(address: TaxAddress): TaxPlace | null {
  const country = (address.country ?? "").trim().toUpperCase();
  const state = (address.state ?? "").trim().toUpperCase();
  const postalCode = (address.postal_code ?? "").trim().toUpperCase();
  if (countryName(country) === null) return null;
  if (country === "US") {
    const found = stateOfZip(postalCode);
    return found === null ? null : { country, state: found };
  }
  if (country === "CA") {
    const found = postalProvinces[postalCode.slice(0, 1)] ?? (/^[A-Z]{2}$/.test(state) ? state : null);
    return found === null ? null : { country, state: found };
  }
  return { country, state: state === "" ? null : state };
}

/** The place of a network address, or null. */
export function placeOfIp(ip: string): TaxPlace | null {
  return documentationNetworks.find(([prefix]) => ip.startsWith(prefix))?.[1] ?? null;
}

function stateOfZip(postalCode: string): string | null {
  const digits = /^(\d{3})\d{2}(-?\d{4})?$/.exec(postalCode)?.[1];
  if (digits === undefined) return null;
  const number = Number(digits);
  return zipStates.find(({ from, to }) => from <= number && number <= to)?.state ?? null;
}
