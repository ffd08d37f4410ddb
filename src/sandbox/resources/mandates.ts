/** /v1/mandates: the agreements under which bank accounts are debited. */
import { defineRoute, pathValue } from "../http/route";

/** The one route of mandates; they are made by setup intents. */
export const mandateRoutes = [
  defineRoute({
    method: "GET",
    pattern: "/v1/mandates/:id",
    accepts: {},
    handle: (tx, input) => tx.get("mandate", pathValue(input, "id")),
  }),
];
