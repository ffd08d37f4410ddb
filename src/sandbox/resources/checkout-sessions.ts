/** /v1/checkout/sessions: parameters and answers. What a session does is in checkout/. */
import { createSessionSchema, unsupportedOfSessions } from "../checkout/params";
import { createSession, expireSession, lineItemsOf } from "../checkout/sessions";
import { pageParameters, paginate } from "../http/pages";
import { applyMetadata, inTimeRange, metadata, oneOf, string, timeRange } from "../http/params";
import { defineRoute, pathValue } from "../http/route";

/** The endpoints of checkout sessions. */
export const checkoutSessionRoutes = [
  defineRoute({
    method: "POST",
    pattern: "/v1/checkout/sessions",
    accepts: createSessionSchema,
    unsupported: unsupportedOfSessions,
    handle: (tx, { params, baseUrl }) => createSession(tx, params, baseUrl),
  }),
  defineRoute({
    method: "GET",
    pattern: "/v1/checkout/sessions",
    accepts: {
      ...pageParameters,
      created: timeRange(),
      customer: string(),
      payment_intent: string(),
      status: oneOf("complete", "expired", "open"),
      subscription: string(),
    },
    unsupported: ["customer_account", "customer_details", "payment_link"],
    handle(tx, { params }) {
      const matching = tx
        .list("checkout_session")
        .filter(
          (session) =>
            inTimeRange(params.created, session.created) &&
            (params.customer === undefined || session.customer === params.customer) &&
            (params.payment_intent === undefined || session.payment_intent === params.payment_intent) &&
            (params.status === undefined || session.status === params.status) &&
            (params.subscription === undefined || session.subscription === params.subscription),
        );
      return paginate(matching, params, "/v1/checkout/sessions");
    },
  }),
  defineRoute({
    method: "GET",
    pattern: "/v1/checkout/sessions/:id",
    accepts: {},
    handle: (tx, input) => tx.get("checkout_session", pathValue(input, "id")),
  }),
  defineRoute({
    method: "POST",
    pattern: "/v1/checkout/sessions/:id",
    accepts: { metadata: metadata() },
    unsupported: ["automatic_tax", "collected_information", "line_items", "shipping_options"],
    handle(tx, input) {
      const session = tx.get("checkout_session", pathValue(input, "id"));
      const { metadata: change } = input.params;
      return tx.put("checkout_session", { ...session, metadata: applyMetadata(session.metadata ?? {}, change) });
    },
  }),
  defineRoute({
    method: "POST",
    pattern: "/v1/checkout/sessions/:id/expire",
    accepts: {},
    handle: (tx, input) => expireSession(tx, tx.get("checkout_session", pathValue(input, "id"))),
  }),
  defineRoute({
    method: "GET",
    pattern: "/v1/checkout/sessions/:id/line_items",
    accepts: pageParameters,
    handle(tx, input) {
      const id = pathValue(input, "id");
      tx.get("checkout_session", id);
      return paginate(lineItemsOf(tx, id), input.params, `/v1/checkout/sessions/${id}/line_items`);
    },
  }),
];
