/** /v1/tokens: cards and accounts as older integrations send them. What a token is made of is in payments/tokens.ts. */
import { defineRoute, pathValue } from "../http/route";
import { createToken, tokenParams } from "../payments/tokens";

/** The routes of tokens; the first is Stripe.js's own. */
export const tokenRoutes = [
  defineRoute({
    method: "POST",
    pattern: "/v1/tokens",
    accepts: tokenParams,
    unsupported: ["account", "customer", "person", "pii"],
    publishable: true,
    handle: (tx, { params, keyKind }) => createToken(tx, params, keyKind),
  }),
  defineRoute({
    method: "GET",
    pattern: "/v1/tokens/:id",
    accepts: {},
    publishable: true,
    handle: (tx, input) => tx.get("token", pathValue(input, "id")),
  }),
];
