/** /v1/payment_intents: one payment from the first try to its end. */
import type Stripe from "stripe";
import { invalidParameter, invalidRequest, StripeError } from "../http/errors";
import { pageParameters, paginate } from "../http/pages";
import type { Infer } from "../http/params";
import {
  applyMetadata,
  boolean,
  currency,
  inTimeRange,
  integer,
  metadata,
  oneOf,
  string,
  timeRange,
} from "../http/params";
import { defineRoute, pathValue, type RouteInput } from "../http/route";
import { capturePayment } from "../payments/capture";
import { resolvePaymentMethod } from "../payments/cards";
import { checkClientSecret, forBrowser } from "../payments/client-access";
import { confirmPaymentIntent, declinedError, verifyPaymentIntent } from "../payments/confirm";
import { checkStep } from "../payments/currency-step";
import {
  automaticMethodsParams,
  confirmParams,
  depositAnswerParams,
  methodChoiceParams,
  methodForConfirmation,
  offSessionParam,
  paymentMethodOptions,
  redirectOf,
} from "../payments/intent-params";
import { checkOwner, createPaymentIntent } from "../payments/intents";
import { checkMethodType, withMethodChoice } from "../payments/method-choice";
import { cancelOnRequest } from "../payments/reservations";
import { idOf } from "../store/indexes";
import type { Transaction } from "../store/transaction";
import { given, shippingOf, shippingParams } from "./shared-params";

const writable = {
  ...methodChoiceParams,
  customer: string(),
  description: string({ maxLength: 1_000 }).clearable(),
  metadata: metadata(),
  payment_method_options: paymentMethodOptions,
  receipt_email: string().clearable(),
  setup_future_usage: oneOf("off_session", "on_session").clearable(),
  shipping: shippingParams().clearable(),
  statement_descriptor: string({ maxLength: 22 }),
  transfer_group: string(),
};

const unsupported = [
  "amount_details",
  "application_fee_amount",
  "amount_to_confirm",
  "customer_account",
  "hooks",
  "mandate",
  "on_behalf_of",
  "payment_details",
  "payment_method_configuration",
  "radar_options",
  "statement_descriptor_suffix",
  "transfer_data",
];

const confirmAccepts = {
  ...confirmParams,
  ...methodChoiceParams,
  off_session: offSessionParam,
  error_on_requires_action: boolean(),
  payment_method_options: paymentMethodOptions,
  receipt_email: string().clearable(),
  setup_future_usage: oneOf("off_session", "on_session").clearable(),
  shipping: shippingParams().clearable(),
  capture_method: oneOf("automatic", "automatic_async", "manual"),
};

/** What a caller says about shipping and about how to pay, as the intent keeps it. */
function withOptions(
  intent: Stripe.PaymentIntent,
  said: Pick<Infer<typeof writable>, "payment_method_options" | "shipping">,
): Partial<Stripe.PaymentIntent> {
  const wanted = said.payment_method_options?.card?.request_three_d_secure;
  return {
    ...(said.shipping === undefined ? {} : { shipping: said.shipping === null ? null : shippingOf(said.shipping) }),
    ...(wanted === undefined
      ? {}
      : {
          payment_method_options: {
            ...intent.payment_method_options,
            card: { ...blankCardOptions, ...intent.payment_method_options?.card, request_three_d_secure: wanted },
          },
        }),
  };
}

const blankCardOptions = { installments: null, mandate_options: null, network: null };

const MINIMUM_MINOR = 50;

function checkAmount(amount: number, code: string): void {
  checkStep(amount, code, "amount");
  if (amount >= MINIMUM_MINOR || code === "jpy") return;
  throw invalidRequest(`Amount must be at least $0.50 ${code}`, { code: "amount_too_small", param: "amount" });
}

/** Confirms with what the caller sent; a decline surfaces as 402 and stays stored. */
function confirm(
  tx: Transaction,
  intent: Stripe.PaymentIntent,
  input: Infer<typeof confirmAccepts>,
  context: { keyKind: RouteInput["keyKind"]; baseUrl: string },
): Stripe.PaymentIntent {
  const method = methodForConfirmation(tx, input, intent, context.keyKind);
  if (method === null) {
    throw invalidRequest(
      "You cannot confirm this PaymentIntent because it's missing a payment method. Update the PaymentIntent with a payment method and then confirm it again.",
      { code: "payment_intent_unexpected_state" },
    );
  }
  if (intent.confirmation_method === "manual" && context.keyKind === "publishable") {
    throw invalidRequest(
      "This PaymentIntent cannot be confirmed using your publishable key because its `confirmation_method` is set to `manual`. Please use your secret key instead, or create a PaymentIntent with `confirmation_method` set to `automatic`.",
      { code: "payment_intent_unexpected_state" },
    );
  }
  const changed = {
    ...given({
      setup_future_usage: input.setup_future_usage,
      receipt_email: input.receipt_email,
      capture_method: input.capture_method,
    }),
    ...withOptions(intent, input),
  };
  const offSession =
    (input.off_session !== undefined && input.off_session !== false) || input.error_on_requires_action === true;
  const chosen = withMethodChoice(intent, input);
  checkMethodType(chosen, method.type);
  const outcome = confirmPaymentIntent(
    tx,
    { ...chosen, ...changed },
    { paymentMethod: method, offSession, redirect: redirectOf(input, context.baseUrl) },
  );
  if (outcome.outcome !== "declined") return tx.get("payment_intent", intent.id);
  throw browserError(context.keyKind, declinedError(outcome));
}

/** A browser sees the error with the reduced intent. */
function browserError(keyKind: RouteInput["keyKind"], error: StripeError): StripeError {
  const intent = error.body.payment_intent;
  if (intent === undefined) return error;
  return new StripeError(
    error.status,
    { ...error.body, payment_intent: forBrowser(keyKind, intent) },
    { commit: true },
  );
}

/** The routes of payment intents. */
export const paymentIntentRoutes = [
  defineRoute({
    method: "POST",
    pattern: "/v1/payment_intents",
    accepts: {
      ...writable,
      ...confirmAccepts,
      ...automaticMethodsParams,
      amount: integer({ minimum: 0, maximum: 99_999_999 }).required(),
      currency: currency().required(),
      confirm: boolean(),
      confirmation_method: oneOf("automatic", "manual"),
    },
    unsupported,
    handle(tx, { params, keyKind, baseUrl }) {
      if (params.amount < 1)
        throw invalidParameter("parameter_invalid_integer", "amount", "This value must be greater than or equal to 1.");
      checkAmount(params.amount, params.currency);
      if (params.customer !== undefined) tx.get("customer", params.customer, "customer");
      if (params.confirm !== true && params.off_session !== undefined) {
        throw invalidRequest("off_session can only be set when confirm is true.", { param: "off_session" });
      }
      const automatic = params.automatic_payment_methods;
      const opened = createPaymentIntent(tx, {
        amountMinor: params.amount,
        currency: params.currency,
        customer: params.customer ?? null,
        description: params.description ?? null,
        metadata: applyMetadata({}, params.metadata),
        captureMethod: params.capture_method ?? "automatic_async",
        setupFutureUsage: params.setup_future_usage ?? null,
        automaticPaymentMethods: {
          allow_redirects: automatic?.allow_redirects ?? "always",
          enabled: automatic?.enabled ?? true,
        },
        receiptEmail: params.receipt_email ?? null,
        statementDescriptor: params.statement_descriptor ?? null,
        methodChoice: params,
      });
      const manual = params.confirmation_method === "manual" ? { confirmation_method: "manual" as const } : {};
      const created = tx.put("payment_intent", { ...opened, ...withOptions(opened, params), ...manual });
      if (params.confirm === true) return confirm(tx, created, params, { keyKind, baseUrl });
      const method = methodForConfirmation(tx, params, created, keyKind);
      if (method === null) return created;
      checkOwner(method, idOf(created.customer));
      return tx.put("payment_intent", { ...created, payment_method: method.id, status: "requires_confirmation" });
    },
  }),
  defineRoute({
    method: "GET",
    pattern: "/v1/payment_intents",
    accepts: { ...pageParameters, customer: string(), created: timeRange() },
    unsupported: ["customer_account"],
    handle(tx, { params }) {
      const all =
        params.customer === undefined
          ? tx.list("payment_intent")
          : tx.listBy("payment_intent", "customer", params.customer);
      return paginate(
        all.filter((intent) => inTimeRange(params.created, intent.created)),
        params,
        "/v1/payment_intents",
      );
    },
  }),
  defineRoute({
    method: "GET",
    pattern: "/v1/payment_intents/:id",
    accepts: { client_secret: string() },
    publishable: true,
    handle(tx, input) {
      const intent = tx.get("payment_intent", pathValue(input, "id"));
      checkClientSecret(input.keyKind, intent, input.params.client_secret);
      return forBrowser(input.keyKind, intent);
    },
  }),
  defineRoute({
    method: "POST",
    pattern: "/v1/payment_intents/:id",
    accepts: {
      ...writable,
      amount: integer({ minimum: 1, maximum: 99_999_999 }),
      currency: currency(),
      capture_method: oneOf("automatic", "automatic_async", "manual"),
      payment_method: string(),
    },
    unsupported: [...unsupported, "payment_method_data"],
    handle(tx, input) {
      const current = tx.get("payment_intent", pathValue(input, "id"));
      if (current.status === "succeeded" || current.status === "canceled") {
        throw invalidRequest(`You cannot update this PaymentIntent because it has a status of ${current.status}.`, {
          code: "payment_intent_unexpected_state",
        });
      }
      const { metadata: change, customer, payment_method: methodId, amount, currency: code } = input.params;
      if (customer !== undefined) tx.get("customer", customer, "customer");
      if (amount !== undefined) checkAmount(amount, code ?? current.currency);
      const method = methodId === undefined ? null : resolvePaymentMethod(tx, methodId);
      if (method !== null) checkOwner(method, customer ?? idOf(current.customer));
      const { description, receipt_email, setup_future_usage, statement_descriptor, transfer_group } = input.params;
      return tx.put("payment_intent", {
        ...withMethodChoice(current, input.params),
        ...given({
          amount,
          capture_method: input.params.capture_method,
          currency: code,
          customer,
          description,
          receipt_email,
          setup_future_usage,
          statement_descriptor,
          transfer_group,
        }),
        ...withOptions(current, input.params),
        ...(method === null ? {} : { payment_method: method.id, status: "requires_confirmation" as const }),
        metadata: applyMetadata(current.metadata, change),
      });
    },
  }),
  defineRoute({
    method: "POST",
    pattern: "/v1/payment_intents/:id/confirm",
    accepts: { ...confirmAccepts, client_secret: string() },
    unsupported,
    publishable: true,
    handle(tx, input) {
      const intent = tx.get("payment_intent", pathValue(input, "id"));
      checkClientSecret(input.keyKind, intent, input.params.client_secret);
      return forBrowser(input.keyKind, confirm(tx, intent, input.params, input));
    },
  }),
  defineRoute({
    method: "POST",
    pattern: "/v1/payment_intents/:id/verify_microdeposits",
    accepts: { ...depositAnswerParams, client_secret: string() },
    publishable: true,
    handle(tx, input) {
      const intent = tx.get("payment_intent", pathValue(input, "id"));
      const { amounts, client_secret: secret, descriptor_code } = input.params;
      checkClientSecret(input.keyKind, intent, secret);
      return forBrowser(input.keyKind, verifyPaymentIntent(tx, intent, { amounts, descriptor_code }));
    },
  }),
  defineRoute({
    method: "POST",
    pattern: "/v1/payment_intents/:id/cancel",
    accepts: { cancellation_reason: oneOf("abandoned", "duplicate", "fraudulent", "requested_by_customer") },
    handle: (tx, input) =>
      cancelOnRequest(tx, tx.get("payment_intent", pathValue(input, "id")), input.params.cancellation_reason ?? null),
  }),
  defineRoute({
    method: "POST",
    pattern: "/v1/payment_intents/:id/capture",
    accepts: {
      amount_to_capture: integer({ minimum: 1 }),
      final_capture: boolean(),
      metadata: metadata(),
      statement_descriptor: string({ maxLength: 22 }),
    },
    unsupported: [
      "amount_details",
      "application_fee_amount",
      "hooks",
      "payment_details",
      "statement_descriptor_suffix",
      "transfer_data",
    ],
    handle(tx, input) {
      const intent = tx.get("payment_intent", pathValue(input, "id"));
      const { amount_to_capture: amount, final_capture: isFinal, metadata: change } = input.params;
      return capturePayment(tx, intent, {
        amountMinor: amount,
        isFinal,
        metadata: applyMetadata(intent.metadata, change),
        statementDescriptor: input.params.statement_descriptor,
      }).paymentIntent;
    },
  }),
];
