/** /v1/tax_codes: the kinds of product that automatic tax tells apart. */
import { resourceMissing } from "../http/errors";
import { pageParameters, paginate } from "../http/pages";
import { defineRoute, pathValue } from "../http/route";
import { taxCodes } from "../tax/tax-codes";

/** The routes of tax codes. */
export const taxCodeRoutes = [
  defineRoute({
    method: "GET",
    pattern: "/v1/tax_codes",
    accepts: pageParameters,
    handle: (_tx, { params }) => paginate([...taxCodes], params, "/v1/tax_codes"),
  }),
  defineRoute({
    method: "GET",
    pattern: "/v1/tax_codes/:id",
    accepts: {},
    handle(_tx, input) {
      const id = pathValue(input, "id");
      const found = taxCodes.find((code) => code.id === id);
      if (found === undefined) throw resourceMissing("tax code", id);
      return found;
    },
  }),
];
