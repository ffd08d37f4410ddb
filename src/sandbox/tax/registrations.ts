/**
 * Tax registrations: where the account collects tax.
 *
 * Owns: the registrations an account begins with, and which taxes a registration covers. Those of the beginning are not
 * stored until somebody changes one, so that an untouched sandbox stays empty.
 */
import type Stripe from "stripe";
import type { Transaction } from "../store/transaction";
import { isEuropeanUnion, type PlaceTax } from "./jurisdictions";

type Registration = Stripe.Tax.Registration;
type CountryOptions = Stripe.Tax.Registration.CountryOptions;

/** 2020-01-01, before any time a sandbox is likely to show. */
const beginning = 1_577_836_800;

const collectedStates = ["CA", "IL", "MA", "NY", "PA", "TX", "WA"];
const collectedProvinces = ["BC", "MB", "QC", "SK"];
const standardCountries = ["AU", "CH", "GB", "NO"];

const initial: readonly Registration[] = [
  ...collectedStates.map((state) => registration(`us_${state}`, "US", { us: { state, type: "state_sales_tax" } })),
  registration("ca", "CA", { ca: { type: "simplified" } }),
  ...collectedProvinces.map((province) =>
    registration(`ca_${province}`, "CA", { ca: { province_standard: { province }, type: "province_standard" } }),
  ),
  registration("eu", "IE", { ie: { type: "oss_non_union" } }),
  ...standardCountries.map((country) =>
    registration(country.toLowerCase(), country, {
      [country.toLowerCase()]: { standard: { place_of_supply_scheme: "standard" }, type: "standard" },
    }),
  ),
];

/** All registrations, newest first, each with its status at a moment. */
export function registrationsAt(tx: Transaction, now: number): Registration[] {
  const stored = tx.list("tax_registration");
  const known = new Set(stored.map(({ id }) => id));
  const untouched = [...initial].reverse().filter(({ id }) => !known.has(id));
  return [...stored, ...untouched].map((one) => ({ ...one, status: statusAt(one, now) }));
}

/** One registration, or undefined. */
export function findRegistration(tx: Transaction, id: string, now: number): Registration | undefined {
  return registrationsAt(tx, now).find((one) => one.id === id);
}

/** Whether registrations that are active cover a tax. */
export function collectsWith(registrations: readonly Registration[]): (tax: PlaceTax) => boolean {
  const active = registrations.filter(({ status }) => status === "active");
  return (tax) => active.some((one) => covers(one, tax));
}

/** Whether a registration is of the same kind in the same place as another. */
export function isSameRegistration(a: Registration, b: Registration): boolean {
  return a.country === b.country && JSON.stringify(a.country_options) === JSON.stringify(b.country_options);
}

/** A registration's status at a moment. */
export function statusAt(one: Pick<Registration, "active_from" | "expires_at">, now: number): Registration["status"] {
  if (one.expires_at !== null && one.expires_at <= now) return "expired";
  return one.active_from > now ? "scheduled" : "active";
}

function covers({ country, country_options: options }: Registration, tax: PlaceTax): boolean {
  if (country === "US") {
    return tax.country === "US" && options.us?.type === "state_sales_tax" && options.us.state === tax.state;
  }
  if (country === "CA") {
    if (tax.country !== "CA" || options.ca === undefined) return false;
    const isFederal = tax.taxType === "gst" || tax.taxType === "hst";
    if (options.ca.type !== "province_standard") return isFederal;
    return !isFederal && options.ca.province_standard?.province === tax.state;
  }
  if (isEuropeanUnion(country) && isOneStop(options)) return isEuropeanUnion(tax.country);
  return country === tax.country;
}

/** One registration for all member states. */
function isOneStop(options: CountryOptions): boolean {
  return Object.values(options).some((option: { type?: string }) => option.type?.startsWith("oss_") === true);
}

function registration(
  name: string,
  country: string,
  options: Stripe.Tax.Registration.CountryOptions,
): Stripe.Tax.Registration {
  return {
    id: `taxreg_sandbox_${name}`,
    object: "tax.registration",
    active_from: beginning,
    country,
    country_options: options,
    created: beginning,
    expires_at: null,
    livemode: false,
    status: "active",
  };
}
