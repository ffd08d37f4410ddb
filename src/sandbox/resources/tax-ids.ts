/** Tax ids, below customers and on their own. */
import { taxIdTypes } from "../billing/tax-id-formats";
import { createTaxId, deleteTaxId, taxIdsOf } from "../billing/tax-ids";
import { invalidRequest, resourceMissing } from "../http/errors";
import { pageParameters, paginate } from "../http/pages";
import { hash, oneOf, string } from "../http/params";
import { registerIncludable } from "../http/present";
import { defineRoute, pathValue } from "../http/route";
import type { Transaction } from "../store/transaction";

/** `type` and `value`, as every endpoint that makes a tax id takes them. */
export const taxIdParams = {
  type: oneOf(...taxIdTypes).required(),
  value: string({ maxLength: 50 }).required(),
};

const owner = hash({ type: oneOf("customer", "self").required(), customer: string() }, ["account", "customer_account"]);

registerIncludable("customer", "tax_ids", (tx, customer) => {
  const id = String(customer.id);
  return paginate(taxIdsOf(tx, id), {}, `/v1/customers/${id}/tax_ids`);
});

function ownTaxId(tx: Transaction, customer: string, id: string) {
  tx.get("customer", customer);
  const taxId = tx.get("tax_id", id);
  if (taxId.customer !== customer) throw resourceMissing("tax_id", id);
  return taxId;
}

function ownerOf(tx: Transaction, given: { type: "customer" | "self"; customer?: string | undefined } | undefined) {
  if (given === undefined || given.type === "self") return null;
  if (given.customer === undefined) {
    throw invalidRequest("Missing required param: owner[customer].", {
      code: "parameter_missing",
      param: "owner[customer]",
    });
  }
  return tx.get("customer", given.customer, "owner[customer]");
}

/** The routes of tax ids. */
export const taxIdRoutes = [
  defineRoute({
    method: "POST",
    pattern: "/v1/customers/:id/tax_ids",
    accepts: taxIdParams,
    handle: (tx, input) => createTaxId(tx, tx.get("customer", pathValue(input, "id")), input.params),
  }),
  defineRoute({
    method: "GET",
    pattern: "/v1/customers/:id/tax_ids",
    accepts: pageParameters,
    handle(tx, input) {
      const { id } = tx.get("customer", pathValue(input, "id"));
      return paginate(taxIdsOf(tx, id), input.params, `/v1/customers/${id}/tax_ids`);
    },
  }),
  defineRoute({
    method: "GET",
    pattern: "/v1/customers/:id/tax_ids/:taxId",
    accepts: {},
    handle: (tx, input) => ownTaxId(tx, pathValue(input, "id"), pathValue(input, "taxId")),
  }),
  defineRoute({
    method: "DELETE",
    pattern: "/v1/customers/:id/tax_ids/:taxId",
    accepts: {},
    handle: (tx, input) => deleteTaxId(tx, ownTaxId(tx, pathValue(input, "id"), pathValue(input, "taxId"))),
  }),
  defineRoute({
    method: "POST",
    pattern: "/v1/tax_ids",
    accepts: { ...taxIdParams, owner },
    handle: (tx, { params }) => createTaxId(tx, ownerOf(tx, params.owner), params),
  }),
  defineRoute({
    method: "GET",
    pattern: "/v1/tax_ids",
    accepts: { ...pageParameters, owner },
    handle(tx, { params }) {
      const customer = ownerOf(tx, params.owner)?.id ?? null;
      return paginate(
        tx.list("tax_id", (one) => one.customer === customer),
        params,
        "/v1/tax_ids",
      );
    },
  }),
  defineRoute({
    method: "GET",
    pattern: "/v1/tax_ids/:id",
    accepts: {},
    handle: (tx, input) => tx.get("tax_id", pathValue(input, "id")),
  }),
  defineRoute({
    method: "DELETE",
    pattern: "/v1/tax_ids/:id",
    accepts: {},
    handle: (tx, input) => deleteTaxId(tx, tx.get("tax_id", pathValue(input, "id"))),
  }),
];
