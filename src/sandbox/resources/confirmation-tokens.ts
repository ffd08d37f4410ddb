/** /v1/confirmation_tokens: what a browser collected, to be confirmed by the server. */
import type Stripe from "stripe";
import { invalidRequest } from "../http/errors";
import { hash, type Infer, oneOf, string } from "../http/params";
import { defineRoute, pathValue, type RouteInput } from "../http/route";
import { createPaymentMethod, otherMethodTypes, paymentMethodData } from "../payments/card-params";
import { resolvePaymentMethod } from "../payments/cards";
import type { Transaction } from "../store/transaction";
import { addressOf, addressParams } from "./shared-params";

const LIFETIME_SECONDS = 12 * 3_600;

const accepts = {
  payment_method: string(),
  payment_method_data: hash(paymentMethodData, otherMethodTypes),
  return_url: string(),
  setup_future_usage: oneOf("off_session", "on_session"),
  shipping: hash({ name: string().required(), address: addressParams().required(), phone: string().clearable() }),
};

const unsupported = ["payment_method_options", "mandate_data", "customer"];

function createToken(
  tx: Transaction,
  params: Infer<typeof accepts>,
  keyKind: RouteInput["keyKind"],
): Stripe.ConfirmationToken {
  const { payment_method: methodId, payment_method_data: data, shipping } = params;
  if (methodId === undefined && data === undefined) {
    throw invalidRequest("You must provide payment_method or payment_method_data.", { param: "payment_method_data" });
  }
  const method =
    data === undefined
      ? resolvePaymentMethod(tx, methodId ?? "")
      : createPaymentMethod(tx, data, keyKind, "payment_method_data");
  const now = tx.now(null);
  const token = tx.put("confirmation_token", {
    id: tx.newId("ctoken"),
    object: "confirmation_token",
    created: now,
    expires_at: now + LIFETIME_SECONDS,
    livemode: false,
    mandate_data: null,
    metadata: null,
    payment_intent: null,
    payment_method_options: null,
    payment_method_preview: {
      allow_redisplay: method.allow_redisplay,
      billing_details: method.billing_details,
      ...(method.card ? { card: method.card as Stripe.ConfirmationToken.PaymentMethodPreview.Card } : {}),
      ...(method.us_bank_account ? { us_bank_account: method.us_bank_account } : {}),
      ...(method.sepa_debit ? { sepa_debit: method.sepa_debit } : {}),
      customer: method.customer as string | null,
      customer_account: null,
      type: method.type,
    },
    return_url: params.return_url ?? null,
    setup_future_usage: params.setup_future_usage ?? null,
    setup_intent: null,
    shipping:
      shipping === undefined
        ? null
        : { address: addressOf(shipping.address), name: shipping.name, phone: shipping.phone ?? null },
    use_stripe_sdk: keyKind === "publishable",
  });
  tx.put("token_method", { id: token.id, paymentMethod: method.id });
  return token;
}

/** The routes of confirmation tokens; the first is Stripe.js's own. */
export const confirmationTokenRoutes = [
  defineRoute({
    method: "POST",
    pattern: "/v1/confirmation_tokens",
    accepts,
    unsupported,
    publishable: true,
    handle: (tx, { params, keyKind }) => createToken(tx, params, keyKind),
  }),
  defineRoute({
    method: "POST",
    pattern: "/v1/test_helpers/confirmation_tokens",
    accepts,
    unsupported,
    handle: (tx, { params, keyKind }) => createToken(tx, params, keyKind),
  }),
  defineRoute({
    method: "GET",
    pattern: "/v1/confirmation_tokens/:id",
    accepts: {},
    handle: (tx, input) => tx.get("confirmation_token", pathValue(input, "id")),
  }),
];
