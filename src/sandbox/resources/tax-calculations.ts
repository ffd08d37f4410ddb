/** /v1/tax/calculations: taxes of amounts that stand on no invoice. */
import type Stripe from "stripe";
import { taxIdTypes } from "../billing/tax-id-formats";
import { resourceMissing } from "../http/errors";
import { pageParameters, paginate } from "../http/pages";
import { currency, hash, integer, list, metadata, oneOf, string, timestamp } from "../http/params";
import { registerIncludable } from "../http/present";
import { defineRoute, pathValue } from "../http/route";
import type { TaxCalculationRecord, Transaction } from "../store/transaction";
import { calculate } from "../tax/calculate-request";
import { addressParams } from "./shared-params";

const line = hash(
  {
    amount: integer().required(),
    metadata: metadata(),
    product: string(),
    quantity: integer({ minimum: 1 }),
    reference: string({ maxLength: 500 }),
    tax_behavior: oneOf("exclusive", "inclusive"),
    tax_code: string(),
  },
  ["performance_location"],
);

registerIncludable("tax.calculation_line_item", "tax_breakdown", null);
registerIncludable("tax.calculation", "line_items", (tx, owner) =>
  linesOf(tx.get("tax_calculation", String(owner.id))),
);

function linesOf({ id, lineItems }: TaxCalculationRecord, page: Parameters<typeof paginate>[1] = {}) {
  return paginate(lineItems, page, `/v1/tax/calculations/${id}/line_items`);
}

/** A calculation that has not expired. */
function current(tx: Transaction, id: string): TaxCalculationRecord {
  const found = tx.find("tax_calculation", id);
  const expires = found?.calculation.expires_at ?? 0;
  if (found === undefined || expires <= tx.now(null)) throw resourceMissing("tax calculation", id);
  return found;
}

/** The routes of tax calculations. */
export const taxCalculationRoutes = [
  defineRoute({
    method: "POST",
    pattern: "/v1/tax/calculations",
    accepts: {
      currency: currency().required(),
      customer: string(),
      customer_details: hash({
        address: addressParams(),
        address_source: oneOf("billing", "shipping"),
        ip_address: string({ maxLength: 45 }),
        tax_ids: list(hash({ type: oneOf(...taxIdTypes).required(), value: string().required() }), { maximum: 5 }),
        taxability_override: oneOf("customer_exempt", "none", "reverse_charge"),
      }),
      line_items: list(line, { maximum: 1_000 }).required(),
      tax_date: timestamp(),
    },
    unsupported: ["ship_from_details", "shipping_cost"],
    handle: (tx, { params }): Stripe.Tax.Calculation => calculate(tx, params),
  }),
  defineRoute({
    method: "GET",
    pattern: "/v1/tax/calculations/:id",
    accepts: {},
    handle: (tx, input) => current(tx, pathValue(input, "id")).calculation,
  }),
  defineRoute({
    method: "GET",
    pattern: "/v1/tax/calculations/:id/line_items",
    accepts: pageParameters,
    handle: (tx, input) => linesOf(current(tx, pathValue(input, "id")), input.params),
  }),
];
