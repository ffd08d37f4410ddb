/** /v1/radar/early_fraud_warnings: what issuers suspect. Warnings are made by a test card, never by the API. */
import { pageParameters, paginate } from "../http/pages";
import { inTimeRange, string, timeRange } from "../http/params";
import { defineRoute, pathValue } from "../http/route";
import { idOf } from "../store/indexes";

/** The routes of early fraud warnings. */
export const earlyFraudWarningRoutes = [
  defineRoute({
    method: "GET",
    pattern: "/v1/radar/early_fraud_warnings",
    accepts: { ...pageParameters, charge: string(), created: timeRange(), payment_intent: string() },
    handle(tx, { params }) {
      const { charge, created, payment_intent: intent } = params;
      const matching = tx.list(
        "early_fraud_warning",
        (warning) =>
          (charge === undefined || idOf(warning.charge) === charge) &&
          (intent === undefined || idOf(warning.payment_intent) === intent) &&
          inTimeRange(created, warning.created),
      );
      return paginate(matching, params, "/v1/radar/early_fraud_warnings");
    },
  }),
  defineRoute({
    method: "GET",
    pattern: "/v1/radar/early_fraud_warnings/:id",
    accepts: {},
    handle: (tx, input) => tx.get("early_fraud_warning", pathValue(input, "id")),
  }),
];
