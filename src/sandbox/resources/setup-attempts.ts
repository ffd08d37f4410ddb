/** /v1/setup_attempts: the tries of one setup intent. */
import { pageParameters, paginate } from "../http/pages";
import { inTimeRange, string, timeRange } from "../http/params";
import { defineRoute } from "../http/route";

/** The endpoint of setup attempts. */
export const setupAttemptRoutes = [
  defineRoute({
    method: "GET",
    pattern: "/v1/setup_attempts",
    accepts: { ...pageParameters, created: timeRange(), setup_intent: string().required() },
    handle(tx, { params }) {
      tx.get("setup_intent", params.setup_intent, "setup_intent");
      const matching = tx
        .listBy("setup_attempt", "setup_intent", params.setup_intent)
        .filter((attempt) => inTimeRange(params.created, attempt.created));
      return paginate(matching, params, "/v1/setup_attempts");
    },
  }),
];
