/** /v1/tax/registrations: where the account collects tax. */
import type Stripe from "stripe";
import { invalidRequest, notSupported, resourceMissing } from "../http/errors";
import { pageParameters, paginate } from "../http/pages";
import { either, hash, type Infer, oneOf, string, timestamp } from "../http/params";
import { defineRoute, pathValue } from "../http/route";
import type { Transaction } from "../store/transaction";
import { type TaxPlace, taxesOf } from "../tax/jurisdictions";
import { findRegistration, isSameRegistration, registrationsAt, statusAt } from "../tax/registrations";

const moment = either(oneOf("now"), timestamp());

const standard = {
  standard: hash({ place_of_supply_scheme: oneOf("inbound_goods", "small_seller", "standard").required() }),
};
const american = hash({ state: string().required(), type: oneOf("state_sales_tax").required() });
const canadian = hash({
  province_standard: hash({ province: string().required() }),
  type: oneOf("province_standard", "simplified", "standard").required(),
});
const european = hash({ ...standard, type: oneOf("ioss", "oss_non_union", "oss_union", "standard").required() });
const other = hash({ ...standard, type: oneOf("standard", "simplified").required() });

/** The countries of the table, each with the options of its kind. */
const countryOptions = {
  at: european,
  au: other,
  be: european,
  bg: european,
  ca: canadian,
  ch: other,
  cy: european,
  cz: european,
  de: european,
  dk: european,
  ee: european,
  es: european,
  fi: european,
  fr: european,
  gb: other,
  gr: european,
  hr: european,
  hu: european,
  ie: european,
  it: european,
  jp: other,
  lt: european,
  lu: european,
  lv: european,
  mt: european,
  nl: european,
  no: other,
  nz: other,
  pl: european,
  pt: european,
  ro: european,
  se: european,
  si: european,
  sk: european,
  us: american,
};

type GivenOptions = Infer<typeof countryOptions>;

/** The options as the object shows them; a standard registration names its scheme. */
function optionsOf(country: string, given: GivenOptions): Stripe.Tax.Registration.CountryOptions {
  const entries = Object.entries(given).filter(([, value]) => value !== undefined);
  const name = country.toLowerCase();
  const [entry] = entries;
  if (entries.length !== 1 || entry?.[0] !== name) {
    throw invalidRequest(`You must specify the options of the country ${country}, and of no other.`, {
      param: "country_options",
    });
  }
  if (given.us !== undefined) {
    checkPlace({ country: "US", state: given.us.state }, "country_options[us][state]");
    return { us: given.us };
  }
  if (given.ca !== undefined) {
    const { type, province_standard: province } = given.ca;
    if (type !== "province_standard") return { ca: { type } };
    if (province === undefined) {
      const param = "country_options[ca][province_standard]";
      throw invalidRequest(`Missing required param: ${param}.`, { code: "parameter_missing", param });
    }
    checkPlace({ country: "CA", state: province.province }, "country_options[ca][province_standard][province]");
    return { ca: { province_standard: province, type } };
  }
  const type = entry[1]?.type ?? "standard";
  if (type === "ioss") throw notSupported("The import scheme for goods", `country_options[${name}][type]`);
  const supply =
    entry[1] !== undefined && "standard" in entry[1] ? entry[1].standard?.place_of_supply_scheme : undefined;
  if (supply !== undefined && supply !== "standard") {
    throw notSupported(`The scheme ${supply}`, `country_options[${name}][standard][place_of_supply_scheme]`);
  }
  const scheme = { standard: { place_of_supply_scheme: "standard" } };
  return { [name]: { ...(type === "standard" ? scheme : {}), type } };
}

function checkPlace(place: TaxPlace, param: string): void {
  if (taxesOf(place) === null) throw notSupported(`Tax in ${place.country}-${place.state}`, param);
}

function momentOf(given: number | "now" | null | undefined, now: number): number | null | undefined {
  return given === "now" ? now : given;
}

function checked(tx: Transaction, one: Stripe.Tax.Registration, now: number): Stripe.Tax.Registration {
  if (one.expires_at !== null && one.expires_at <= one.active_from) {
    throw invalidRequest("A registration must expire after it becomes active.", { param: "expires_at" });
  }
  const twin = registrationsAt(tx, now).find(
    (other) => other.id !== one.id && other.status !== "expired" && isSameRegistration(other, one),
  );
  if (twin !== undefined && one.status !== "expired") {
    throw invalidRequest(`There is already a registration of this kind: ${twin.id}.`, { param: "country_options" });
  }
  return tx.put("tax_registration", one);
}

/** The routes of tax registrations. */
export const taxRegistrationRoutes = [
  defineRoute({
    method: "GET",
    pattern: "/v1/tax/registrations",
    accepts: { ...pageParameters, status: oneOf("active", "all", "expired", "scheduled") },
    handle(tx, { params }) {
      const { status = "all" } = params;
      const all = registrationsAt(tx, tx.now(null));
      const matching = status === "all" ? all : all.filter((one) => one.status === status);
      return paginate(matching, params, "/v1/tax/registrations");
    },
  }),
  defineRoute({
    method: "POST",
    pattern: "/v1/tax/registrations",
    accepts: {
      active_from: moment.required(),
      country: string({ maxLength: 2 }).required(),
      country_options: hash(countryOptions).required(),
      expires_at: timestamp(),
    },
    handle(tx, { params }) {
      const now = tx.now(null);
      const country = params.country.toUpperCase();
      const options = optionsOf(country, params.country_options);
      const dates = { active_from: momentOf(params.active_from, now) ?? now, expires_at: params.expires_at ?? null };
      return checked(
        tx,
        {
          id: tx.newId("taxreg"),
          object: "tax.registration",
          ...dates,
          country,
          country_options: options,
          created: now,
          livemode: false,
          status: statusAt(dates, now),
        },
        now,
      );
    },
  }),
  defineRoute({
    method: "GET",
    pattern: "/v1/tax/registrations/:id",
    accepts: {},
    handle: (tx, input) => registrationOf(tx, pathValue(input, "id")),
  }),
  defineRoute({
    method: "POST",
    pattern: "/v1/tax/registrations/:id",
    accepts: { active_from: moment, expires_at: moment.clearable() },
    handle(tx, input) {
      const now = tx.now(null);
      const before = registrationOf(tx, pathValue(input, "id"));
      const expires = momentOf(input.params.expires_at, now);
      const dates = {
        active_from: momentOf(input.params.active_from, now) ?? before.active_from,
        expires_at: expires === undefined ? before.expires_at : expires,
      };
      return checked(tx, { ...before, ...dates, status: statusAt(dates, now) }, now);
    },
  }),
];

function registrationOf(tx: Transaction, id: string): Stripe.Tax.Registration {
  const found = findRegistration(tx, id, tx.now(null));
  if (found === undefined) throw resourceMissing("tax registration", id);
  return found;
}
