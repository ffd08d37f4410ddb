/** /v1/setup_intents: saving a card for later. */
import type Stripe from "stripe";
import { invalidRequest, StripeError } from "../http/errors";
import { pageParameters, paginate } from "../http/pages";
import {
  applyMetadata,
  boolean,
  currency,
  hash,
  type Infer,
  inTimeRange,
  integer,
  metadata,
  oneOf,
  string,
  timeRange,
} from "../http/params";
import { defineRoute, pathValue, type RouteInput } from "../http/route";
import { resolvePaymentMethod } from "../payments/cards";
import { checkClientSecret, forBrowser } from "../payments/client-access";
import {
  automaticMethodsParams,
  confirmParams,
  depositAnswerParams,
  methodChoiceParams,
  methodForConfirmation,
  paymentMethodOptions,
  redirectOf,
} from "../payments/intent-params";
import { checkOwner, setIntentSecret } from "../payments/intents";
import { checkMethodType, withMethodChoice } from "../payments/method-choice";
import {
  cancelSetupIntent,
  confirmSetupIntent,
  createSetupIntent,
  setupDeclinedError,
  verifySetupIntent,
} from "../payments/setup";
import { idOf } from "../store/indexes";
import type { Transaction } from "../store/transaction";
import { given } from "./shared-params";

const writable = {
  ...methodChoiceParams,
  customer: string(),
  description: string({ maxLength: 1_000 }).clearable(),
  metadata: metadata(),
  payment_method_options: paymentMethodOptions,
};

const unsupported = [
  "attach_to_self",
  "customer_account",
  "flow_directions",
  "on_behalf_of",
  "payment_method_configuration",
];

const confirmAccepts = { ...confirmParams, ...methodChoiceParams, payment_method_options: paymentMethodOptions };

/** The intent with what its caller says about 3-D Secure. */
function withOptions(
  intent: Stripe.SetupIntent,
  said: Infer<typeof confirmAccepts>["payment_method_options"],
): Stripe.SetupIntent {
  const wanted = said?.card?.request_three_d_secure;
  if (wanted === undefined) return intent;
  const card = { mandate_options: null, network: null, request_three_d_secure: wanted };
  return { ...intent, payment_method_options: { ...intent.payment_method_options, card } };
}

function confirm(
  tx: Transaction,
  intent: Stripe.SetupIntent,
  input: Infer<typeof confirmAccepts>,
  context: { keyKind: RouteInput["keyKind"]; baseUrl: string },
): Stripe.SetupIntent {
  const method = methodForConfirmation(tx, input, intent, context.keyKind);
  if (method === null) {
    throw invalidRequest(
      "You cannot confirm this SetupIntent because it's missing a payment method. Update the SetupIntent with a payment method and then confirm it again.",
      { code: "setup_intent_unexpected_state" },
    );
  }
  const chosen = withMethodChoice(intent, input);
  checkMethodType(chosen, method.type);
  const outcome = confirmSetupIntent(
    tx,
    withOptions(chosen, input.payment_method_options),
    method,
    redirectOf(input, context.baseUrl),
  );
  if (outcome.outcome !== "declined") return outcome.setupIntent;
  const { status, body } = setupDeclinedError(outcome);
  throw new StripeError(
    status,
    { ...body, setup_intent: forBrowser(context.keyKind, outcome.setupIntent) },
    { commit: true },
  );
}

/** The routes of setup intents. */
export const setupIntentRoutes = [
  defineRoute({
    method: "POST",
    pattern: "/v1/setup_intents",
    accepts: {
      ...writable,
      ...confirmAccepts,
      ...automaticMethodsParams,
      confirm: boolean(),
      single_use: hash({ amount: integer({ minimum: 1 }).required(), currency: currency().required() }),
      usage: oneOf("off_session", "on_session"),
    },
    unsupported,
    handle(tx, { params, keyKind, baseUrl }) {
      if (params.customer !== undefined) tx.get("customer", params.customer, "customer");
      const automatic = params.automatic_payment_methods;
      const opened = createSetupIntent(tx, {
        customer: params.customer ?? null,
        description: params.description ?? null,
        metadata: applyMetadata({}, params.metadata),
        usage: params.usage ?? "off_session",
        automaticPaymentMethods: {
          allow_redirects: automatic?.allow_redirects ?? "always",
          enabled: automatic?.enabled ?? true,
        },
        methodChoice: params,
      });
      const created = tx.put("setup_intent", withOptions(opened, params.payment_method_options));
      if (params.single_use !== undefined) setIntentSecret(tx, created.id, { singleUse: params.single_use });
      if (params.confirm === true) return confirm(tx, created, params, { keyKind, baseUrl });
      const method = methodForConfirmation(tx, params, created, keyKind);
      if (method === null) return created;
      checkOwner(method, idOf(created.customer));
      return tx.put("setup_intent", { ...created, payment_method: method.id, status: "requires_confirmation" });
    },
  }),
  defineRoute({
    method: "GET",
    pattern: "/v1/setup_intents",
    accepts: { ...pageParameters, customer: string(), payment_method: string(), created: timeRange() },
    unsupported: ["attach_to_self", "customer_account"],
    handle(tx, { params }) {
      const { customer, payment_method: method, created } = params;
      const all = customer === undefined ? tx.list("setup_intent") : tx.listBy("setup_intent", "customer", customer);
      const matching = all.filter(
        (intent) =>
          (method === undefined || idOf(intent.payment_method) === method) && inTimeRange(created, intent.created),
      );
      return paginate(matching, params, "/v1/setup_intents");
    },
  }),
  defineRoute({
    method: "GET",
    pattern: "/v1/setup_intents/:id",
    accepts: { client_secret: string() },
    publishable: true,
    handle(tx, input) {
      const intent = tx.get("setup_intent", pathValue(input, "id"));
      checkClientSecret(input.keyKind, intent, input.params.client_secret);
      return forBrowser(input.keyKind, intent);
    },
  }),
  defineRoute({
    method: "POST",
    pattern: "/v1/setup_intents/:id",
    accepts: { ...writable, payment_method: string() },
    unsupported: [...unsupported, "payment_method_data"],
    handle(tx, input) {
      const current = tx.get("setup_intent", pathValue(input, "id"));
      if (current.status === "succeeded" || current.status === "canceled") {
        throw invalidRequest(`You cannot update this SetupIntent because it has a status of ${current.status}.`, {
          code: "setup_intent_unexpected_state",
        });
      }
      const { customer, description, metadata: change, payment_method: methodId } = input.params;
      if (customer !== undefined) tx.get("customer", customer, "customer");
      const method = methodId === undefined ? null : resolvePaymentMethod(tx, methodId);
      if (method !== null) checkOwner(method, customer ?? idOf(current.customer));
      return tx.put("setup_intent", {
        ...withOptions(withMethodChoice(current, input.params), input.params.payment_method_options),
        ...given({ customer, description }),
        ...(method === null ? {} : { payment_method: method.id, status: "requires_confirmation" as const }),
        metadata: applyMetadata(current.metadata ?? {}, change),
      });
    },
  }),
  defineRoute({
    method: "POST",
    pattern: "/v1/setup_intents/:id/confirm",
    accepts: { ...confirmAccepts, client_secret: string() },
    unsupported,
    publishable: true,
    handle(tx, input) {
      const intent = tx.get("setup_intent", pathValue(input, "id"));
      checkClientSecret(input.keyKind, intent, input.params.client_secret);
      return forBrowser(input.keyKind, confirm(tx, intent, input.params, input));
    },
  }),
  defineRoute({
    method: "POST",
    pattern: "/v1/setup_intents/:id/verify_microdeposits",
    accepts: { ...depositAnswerParams, client_secret: string() },
    publishable: true,
    handle(tx, input) {
      const intent = tx.get("setup_intent", pathValue(input, "id"));
      const { amounts, client_secret: secret, descriptor_code } = input.params;
      checkClientSecret(input.keyKind, intent, secret);
      return forBrowser(input.keyKind, verifySetupIntent(tx, intent, { amounts, descriptor_code }).setupIntent);
    },
  }),
  defineRoute({
    method: "POST",
    pattern: "/v1/setup_intents/:id/cancel",
    accepts: { cancellation_reason: oneOf("abandoned", "duplicate", "requested_by_customer") },
    handle: (tx, input) =>
      cancelSetupIntent(tx, tx.get("setup_intent", pathValue(input, "id")), input.params.cancellation_reason ?? null),
  }),
];
