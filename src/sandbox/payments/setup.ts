/** Setup intents: saving a card for later, with the authentication its issuer may want now rather than later. */
import type Stripe from "stripe";
import { cardError, invalidRequest, type StripeError } from "../http/errors";
import { randomText } from "../store/ids";
import { idOf } from "../store/indexes";
import type { Transaction } from "../store/transaction";
import { clockOf } from "../webhooks/events";
import { awaitsVerification, createMandate } from "./bank-accounts";
import { attachPaymentMethod, scenarioOf } from "./cards";
import { authenticationAction, markAuthenticated } from "./charge";
import { unexpectedState } from "./confirm";
import { failureBody, type PaymentFailure, paymentFailure } from "./failures";
import { checkOwner, setIntentSecret } from "./intents";
import { type MethodChoice, withMethodChoice } from "./method-choice";
import { type DepositAnswer, microdepositAction, scheduleDeposits, verifyDeposits } from "./microdeposits";
import { recordAttempt } from "./setup-attempts";

/** What a setup intent is made from. */
export interface NewSetupIntent {
  customer: string | null;
  description?: string | null;
  metadata?: Record<string, string>;
  usage?: "off_session" | "on_session";
  automaticPaymentMethods?: Stripe.SetupIntent.AutomaticPaymentMethods | null;
  /** Which kinds of payment method to offer; without it, cards. */
  methodChoice?: MethodChoice;
}

/** Stores a setup intent that waits for a payment method; also what a subscription's pending_setup_intent is. */
export function createSetupIntent(tx: Transaction, given: NewSetupIntent): Stripe.SetupIntent {
  const id = tx.newId("seti");
  const blank: Stripe.SetupIntent = {
    id,
    object: "setup_intent",
    allowed_payment_method_types: null,
    application: null,
    automatic_payment_methods: given.automaticPaymentMethods ?? null,
    cancellation_reason: null,
    client_secret: `${id}_secret_${randomText(25)}`,
    created: tx.now(clockOf(tx, { object: "setup_intent", customer: given.customer })),
    customer: given.customer,
    customer_account: null,
    description: given.description ?? null,
    excluded_payment_method_types: null,
    flow_directions: null,
    last_setup_error: null,
    latest_attempt: null,
    livemode: false,
    managed_payments: null,
    mandate: null,
    metadata: given.metadata ?? {},
    next_action: null,
    on_behalf_of: null,
    payment_method: null,
    payment_method_configuration_details: null,
    payment_method_options: { card: { mandate_options: null, network: null, request_three_d_secure: "automatic" } },
    payment_method_types: ["card"],
    single_use_mandate: null,
    status: "requires_payment_method",
    usage: given.usage ?? "off_session",
  };
  const intent = tx.put("setup_intent", withMethodChoice(blank, given.methodChoice ?? {}));
  setIntentSecret(tx, id, {});
  tx.emit("setup_intent.created", intent);
  return intent;
}

/** What a confirmation or an authentication came to; `setupIntent` is the stored new state. */
export type SetupOutcome =
  | { outcome: "succeeded" | "requires_action" | "canceled"; setupIntent: Stripe.SetupIntent }
  | { outcome: "declined"; setupIntent: Stripe.SetupIntent; failure: PaymentFailure };

const confirmable = new Set<string>(["requires_payment_method", "requires_confirmation", "requires_action"]);

/** Confirms a setup intent with a payment method. */
export function confirmSetupIntent(
  tx: Transaction,
  intent: Stripe.SetupIntent,
  paymentMethod: Stripe.PaymentMethod,
  redirect: { returnUrl: string; baseUrl: string } | null,
): SetupOutcome {
  if (!confirmable.has(intent.status)) throw unexpectedState("SetupIntent", intent.status);
  checkOwner(paymentMethod, idOf(intent.customer));
  const scenario = scenarioOf(tx, paymentMethod.id);
  if (scenario.bank !== null && awaitsVerification(tx, paymentMethod)) {
    const waiting = tx.put("setup_intent", {
      ...intent,
      status: "requires_action",
      payment_method: paymentMethod.id,
      payment_method_types: [...new Set([...intent.payment_method_types, paymentMethod.type])],
      last_setup_error: null,
      next_action: microdepositAction(tx.now(clockOf(tx, intent))),
    });
    scheduleDeposits(tx, waiting, scenario);
    const tried = withAttempt(tx, waiting, paymentMethod, "requires_action");
    tx.emit("setup_intent.requires_action", tried);
    return { outcome: "requires_action", setupIntent: tried };
  }
  // A card that is already set up does not ask again; every other card that ever asks does so at set-up.
  const wanted = intent.payment_method_options?.card?.request_three_d_secure ?? "automatic";
  const asks = scenario.authentication === "always" || scenario.authentication === "unless_set_up";
  if (asks || (scenario.authenticatesOnRequest && wanted !== "automatic")) {
    setIntentSecret(tx, intent.id, { authentication: "pending", returnUrl: redirect?.returnUrl ?? null });
    const waiting = tx.put("setup_intent", {
      ...intent,
      status: "requires_action",
      payment_method: paymentMethod.id,
      last_setup_error: null,
      next_action: authenticationAction(intent.client_secret ?? "", redirect),
    });
    const setupIntent = withAttempt(tx, waiting, paymentMethod, "requires_action");
    tx.emit("setup_intent.requires_action", setupIntent);
    return { outcome: "requires_action", setupIntent };
  }
  return finish(tx, intent, paymentMethod, false);
}

/** Answers the micro-deposits a setup intent waits for. */
export function verifySetupIntent(tx: Transaction, intent: Stripe.SetupIntent, answer: DepositAnswer): SetupOutcome {
  return finish(tx, intent, verifyDeposits(tx, intent, answer), false);
}

/** Ends the authentication a setup intent waits for. */
export function authenticateSetupIntent(tx: Transaction, intent: Stripe.SetupIntent, succeeded: boolean): SetupOutcome {
  const methodId = idOf(intent.payment_method);
  if (intent.status !== "requires_action" || methodId === null) {
    throw invalidRequest(`This SetupIntent does not wait for authentication: its status is ${intent.status}.`);
  }
  const paymentMethod = tx.get("payment_method", methodId);
  setIntentSecret(tx, intent.id, { authentication: succeeded ? "succeeded" : "failed" });
  if (succeeded) return finish(tx, intent, paymentMethod, true);
  return fail(tx, intent, paymentMethod, {
    code: "setup_intent_authentication_failure",
    declineCode: null,
    message:
      "We are unable to authenticate your payment method. Please choose a different payment method and try again.",
  });
}

function finish(
  tx: Transaction,
  intent: Stripe.SetupIntent,
  paymentMethod: Stripe.PaymentMethod,
  isAuthenticated: boolean,
): SetupOutcome {
  const { attachFailure, bank } = scenarioOf(tx, paymentMethod.id);
  if (attachFailure !== null) return fail(tx, intent, paymentMethod, paymentFailure(attachFailure));
  const customer = idOf(intent.customer);
  if (customer !== null) attachPaymentMethod(tx, paymentMethod, customer);
  if (isAuthenticated) markAuthenticated(tx, paymentMethod.id);
  const succeeded = tx.put("setup_intent", {
    ...intent,
    status: "succeeded",
    payment_method: paymentMethod.id,
    ...(bank === null
      ? {}
      : {
          ...mandateOf(tx, intent, paymentMethod),
          payment_method_types: [...new Set([...intent.payment_method_types, paymentMethod.type])],
        }),
    last_setup_error: null,
    next_action: null,
  });
  const setupIntent = withAttempt(tx, succeeded, paymentMethod, "succeeded", isAuthenticated);
  tx.emit("setup_intent.succeeded", setupIntent);
  return { outcome: "succeeded", setupIntent };
}

function fail(
  tx: Transaction,
  intent: Stripe.SetupIntent,
  paymentMethod: Stripe.PaymentMethod,
  failure: PaymentFailure,
): SetupOutcome {
  const isCardError = failure.code !== "setup_intent_authentication_failure";
  const failed = tx.put("setup_intent", {
    ...intent,
    status: "requires_payment_method",
    payment_method: null,
    next_action: null,
    last_setup_error: {
      ...failureBody(failure),
      ...(isCardError ? {} : { type: "invalid_request_error" as const }),
      payment_method: paymentMethod,
    },
  });
  const setupIntent = withAttempt(tx, failed, paymentMethod, "failed");
  tx.emit("setup_intent.setup_failed", setupIntent);
  return { outcome: "declined", setupIntent, failure };
}

function withAttempt(
  tx: Transaction,
  intent: Stripe.SetupIntent,
  method: Stripe.PaymentMethod,
  status: "failed" | "requires_action" | "succeeded",
  isAuthenticated = false,
): Stripe.SetupIntent {
  const latest = recordAttempt(tx, intent, method, status, isAuthenticated);
  return tx.put("setup_intent", { ...intent, latest_attempt: latest });
}

/** A set-up for one payment agrees to that payment alone. */
function mandateOf(tx: Transaction, intent: Stripe.SetupIntent, method: Stripe.PaymentMethod) {
  const singleUse = tx.find("intent_secret", intent.id)?.singleUse;
  const { id } = createMandate(tx, method, singleUse);
  return singleUse === undefined ? { mandate: id } : { single_use_mandate: id };
}

/** The 402 of a refused set-up. */
export function setupDeclinedError(outcome: Extract<SetupOutcome, { outcome: "declined" }>): StripeError {
  const { type: _type, ...body } = failureBody(outcome.failure);
  const method = outcome.setupIntent.last_setup_error?.payment_method;
  return cardError({
    ...body,
    setup_intent: outcome.setupIntent,
    ...(method === undefined ? {} : { payment_method: method }),
  });
}

/** Cancels a setup intent that has not succeeded. */
export function cancelSetupIntent(
  tx: Transaction,
  intent: Stripe.SetupIntent,
  reason: Stripe.SetupIntent.CancellationReason | null,
): Stripe.SetupIntent {
  if (!confirmable.has(intent.status)) {
    throw invalidRequest(`You cannot cancel this SetupIntent because it has a status of ${intent.status}.`, {
      code: "setup_intent_unexpected_state",
    });
  }
  const canceled = tx.put("setup_intent", {
    ...intent,
    status: "canceled",
    cancellation_reason: reason,
    next_action: null,
  });
  tx.emit("setup_intent.canceled", canceled);
  return canceled;
}
