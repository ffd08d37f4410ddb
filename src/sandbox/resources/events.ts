/** /v1/events: what has happened. */

import { invalidRequest } from "../http/errors";
import { pageParameters, paginate } from "../http/pages";
import { boolean, inTimeRange, list, string, timeRange } from "../http/params";
import { defineRoute, pathValue } from "../http/route";

/** "invoice.*" matches every invoice event. */
function matchesType(pattern: string, type: string): boolean {
  return pattern === "*" || pattern === type || (pattern.endsWith(".*") && type.startsWith(pattern.slice(0, -1)));
}

/** The routes of events. */
export const eventRoutes = [
  defineRoute({
    method: "GET",
    pattern: "/v1/events",
    accepts: {
      ...pageParameters,
      created: timeRange(),
      type: string(),
      types: list(string(), { maximum: 20 }),
      delivery_success: boolean(),
    },
    handle(tx, { params }) {
      const { type, types, created, delivery_success: success } = params;
      if (type !== undefined && types !== undefined) {
        throw invalidRequest("You may only specify one of these parameters: type, types.");
      }
      const events = tx.list(
        "event",
        (event) =>
          inTimeRange(created, event.created) &&
          (type === undefined || matchesType(type, event.type)) &&
          (types === undefined || types.some((one) => matchesType(one, event.type))) &&
          (success === undefined || success === (event.pending_webhooks === 0)),
      );
      return paginate(events, params, "/v1/events");
    },
  }),
  defineRoute({
    method: "GET",
    pattern: "/v1/events/:id",
    accepts: {},
    handle: (tx, input) => tx.get("event", pathValue(input, "id")),
  }),
];
