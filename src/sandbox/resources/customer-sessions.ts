/** /v1/customer_sessions: what a browser may know and do of a customer, for a while. */
import type Stripe from "stripe";
import { invalidRequest } from "../http/errors";
import { boolean, hash, integer, list, oneOf, string } from "../http/params";
import { defineRoute } from "../http/route";
import { randomText } from "../store/ids";
import { idOf } from "../store/indexes";

const LIFETIME_SECONDS = 30 * 60;

const switched = oneOf("disabled", "enabled");

const paymentElement = hash({
  enabled: boolean().required(),
  features: hash({
    payment_method_allow_redisplay_filters: list(oneOf("always", "limited", "unspecified")),
    payment_method_redisplay: switched,
    payment_method_redisplay_limit: integer({ minimum: 1, maximum: 10 }),
    payment_method_remove: switched,
    payment_method_save: switched,
    payment_method_save_usage: oneOf("off_session", "on_session"),
  }),
});

const off = { enabled: false };

/** The routes of customer sessions. */
export const customerSessionRoutes = [
  defineRoute({
    method: "POST",
    pattern: "/v1/customer_sessions",
    accepts: {
      components: hash({ payment_element: paymentElement }, [
        "active_entitlements",
        "buy_button",
        "customer_portal",
        "customer_sheet",
        "mobile_payment_element",
        "pricing_table",
      ]).required(),
      customer: string().required(),
    },
    unsupported: ["customer_account"],
    handle(tx, { params }) {
      const customer = tx.get("customer", params.customer, "customer");
      const element = params.components.payment_element;
      if (element === undefined) {
        throw invalidRequest("You must enable at least one component.", { param: "components" });
      }
      const features = element.features;
      if (features?.payment_method_save === "enabled" && features.payment_method_save_usage === undefined) {
        throw invalidRequest("Missing required param: payment_method_save_usage.", {
          code: "parameter_missing",
          param: "components[payment_element][features][payment_method_save_usage]",
        });
      }
      const now = tx.now(idOf(customer.test_clock));
      const id = tx.newId("cuss");
      const session: Stripe.CustomerSession = {
        object: "customer_session",
        client_secret: `${id}_secret_${randomText(40)}`,
        components: {
          active_entitlements: off,
          buy_button: off,
          customer_portal: off,
          customer_sheet: { ...off, features: null },
          mobile_payment_element: { ...off, features: null },
          payment_element: {
            enabled: element.enabled,
            features: !element.enabled
              ? null
              : {
                  payment_method_allow_redisplay_filters: features?.payment_method_allow_redisplay_filters ?? [
                    "always",
                  ],
                  payment_method_redisplay: features?.payment_method_redisplay ?? "disabled",
                  payment_method_redisplay_limit: features?.payment_method_redisplay_limit ?? 3,
                  payment_method_remove: features?.payment_method_remove ?? "disabled",
                  payment_method_save: features?.payment_method_save ?? "disabled",
                  payment_method_save_usage: features?.payment_method_save_usage ?? null,
                },
          },
          pricing_table: off,
        },
        created: now,
        customer: customer.id,
        customer_account: null,
        expires_at: now + LIFETIME_SECONDS,
        livemode: false,
      };
      tx.put("customer_session", { id, session });
      return session;
    },
  }),
];
