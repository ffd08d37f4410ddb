/** /v1/billing_portal: parameters and answers. What the portal does is in portal/. */
import "../billing/due-moments";
import { pageParameters, paginate } from "../http/pages";
import { boolean } from "../http/params";
import { defineRoute, pathValue } from "../http/route";
import { createConfiguration, updateConfiguration } from "../portal/configurations";
import { createConfigurationSchema, createPortalSessionSchema, updateConfigurationSchema } from "../portal/params";
import "../portal/actions";
import { createPortalSession } from "../portal/sessions";

/** The endpoints of the customer portal. */
export const billingPortalRoutes = [
  defineRoute({
    method: "POST",
    pattern: "/v1/billing_portal/configurations",
    accepts: createConfigurationSchema,
    handle: (tx, { params }) => createConfiguration(tx, params),
  }),
  defineRoute({
    method: "GET",
    pattern: "/v1/billing_portal/configurations",
    accepts: { ...pageParameters, active: boolean(), is_default: boolean() },
    handle(tx, { params }) {
      const matching = tx
        .list("portal_configuration")
        .filter(
          (configuration) =>
            (params.active === undefined || configuration.active === params.active) &&
            (params.is_default === undefined || configuration.is_default === params.is_default),
        );
      return paginate(matching, params, "/v1/billing_portal/configurations");
    },
  }),
  defineRoute({
    method: "GET",
    pattern: "/v1/billing_portal/configurations/:id",
    accepts: {},
    handle: (tx, input) => tx.get("portal_configuration", pathValue(input, "id")),
  }),
  defineRoute({
    method: "POST",
    pattern: "/v1/billing_portal/configurations/:id",
    accepts: updateConfigurationSchema,
    handle: (tx, input) => updateConfiguration(tx, pathValue(input, "id"), input.params),
  }),
  defineRoute({
    method: "POST",
    pattern: "/v1/billing_portal/sessions",
    accepts: createPortalSessionSchema,
    unsupported: ["customer_account", "on_behalf_of"],
    handle: (tx, { params, baseUrl }) => createPortalSession(tx, params, baseUrl),
  }),
];
