/** /v1/tax/settings: where the seller sits, and the defaults of automatic tax. */
import { invalidRequest } from "../http/errors";
import { hash, oneOf, string } from "../http/params";
import { defineRoute } from "../http/route";
import { placeOfAddress } from "../tax/location";
import { saveTaxSettings, taxSettings } from "../tax/settings";
import { taxCodes } from "../tax/tax-codes";
import { addressOf, addressParams } from "./shared-params";

/** Throws Stripe's refusal of a tax code that the sandbox does not list. */
function checkTaxCode(code: string | undefined): void {
  if (code === undefined || taxCodes.some(({ id }) => id === code)) return;
  throw invalidRequest(`No such tax code: '${code}'`, { code: "resource_missing", param: "defaults[tax_code]" });
}

/** The routes of tax settings. */
export const taxSettingsRoutes = [
  defineRoute({
    method: "GET",
    pattern: "/v1/tax/settings",
    accepts: {},
    handle: (tx) => taxSettings(tx),
  }),
  defineRoute({
    method: "POST",
    pattern: "/v1/tax/settings",
    accepts: {
      defaults: hash({ tax_behavior: oneOf("exclusive", "inclusive", "inferred_by_currency"), tax_code: string() }),
      head_office: hash({ address: addressParams().required() }),
    },
    handle(tx, { params }) {
      const before = taxSettings(tx);
      const { defaults, head_office: office } = params;
      checkTaxCode(defaults?.tax_code);
      if (office !== undefined && placeOfAddress(office.address) === null) {
        throw invalidRequest("The head office's address is not precise enough to calculate tax.", {
          param: "head_office[address]",
        });
      }
      return saveTaxSettings(tx, {
        ...before,
        defaults: {
          ...before.defaults,
          tax_behavior: defaults?.tax_behavior ?? before.defaults.tax_behavior,
          tax_code: defaults?.tax_code ?? before.defaults.tax_code,
        },
        head_office: office === undefined ? before.head_office : { address: addressOf(office.address) },
      });
    },
  }),
];
