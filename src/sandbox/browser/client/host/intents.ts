/** Intents as the browser sees them: by their client secrets, and what their states mean for the page. */
import { callApi } from "../shared/api";
import { type ApiError, type Json, part, text } from "../shared/protocol";
import type { Account } from "./elements";
import { showOverlay } from "./overlay";

/** Intents by the names the API gives them. */
export type Noun = "payment_intent" | "setup_intent";

/** What Stripe.js resolves with: an object under its name, or an error. */
export type Result = { error: ApiError } | { paymentIntent: Json } | { setupIntent: Json };

/** The intent a client secret belongs to, or null when the text is no client secret. */
export function intentOfSecret(secret: unknown): { noun: Noun; id: string } | null {
  if (typeof secret !== "string") return null;
  const match = /^((?:pi|seti)_[A-Za-z0-9]+)_secret_[A-Za-z0-9]+$/.exec(secret);
  const id = match?.[1];
  return id === undefined ? null : { noun: id.startsWith("pi_") ? "payment_intent" : "setup_intent", id };
}

/** The intent under the name Stripe.js gives it. */
export function named(noun: Noun, intent: Json): Result {
  return noun === "payment_intent" ? { paymentIntent: intent } : { setupIntent: intent };
}

/** Reads an intent with its client secret. */
export async function retrieveIntent(account: Account, noun: Noun, id: string, secret: string): Promise<Result> {
  const path = `/v1/${noun}s/${id}`;
  const reply = await callApi(account.baseUrl, account.publishableKey, "GET", path, { client_secret: secret });
  return reply.error === undefined ? named(noun, reply.object) : { error: reply.error };
}

/** Why an intent is back at needing a payment method. */
function failureOf(noun: Noun, intent: Json): ApiError {
  const last = part(intent, noun === "payment_intent" ? "last_payment_error" : "last_setup_error");
  const stated = text(last, "type");
  if (stated !== "") return { ...last, type: stated, [noun]: intent };
  return {
    type: "invalid_request_error",
    code: `${noun}_authentication_failure`,
    message: "Your bank could not confirm that it is you. Choose another payment method and try again.",
    [noun]: intent,
  };
}

/**
 * Brings an intent to rest: asks for authentication where it needs one, and turns its state into what the page gets.
 * A redirect leaves the page, so its promise never settles.
 */
export async function settle(account: Account, noun: Noun, intent: Json, secret: string): Promise<Result> {
  if (intent.status === "requires_payment_method") return { error: failureOf(noun, intent) };
  if (intent.status !== "requires_action") return named(noun, intent);
  const action = part(intent, "next_action");
  if (action.type === "redirect_to_url") {
    window.location.assign(text(part(action, "redirect_to_url"), "url"));
    return new Promise<never>(() => undefined);
  }
  if (action.type !== "use_stripe_sdk") return named(noun, intent);
  const shown = await showOverlay(
    account,
    "threeDSecure",
    { clientSecret: secret },
    {
      kind: noun === "payment_intent" ? "payment" : "setup",
      amount: typeof intent.amount === "number" ? intent.amount : null,
      currency: typeof intent.currency === "string" ? intent.currency : null,
      isSaved: false,
      methodTypes: [],
    },
  );
  if (shown !== null) return { error: shown };
  const id = text(intent, "id");
  const after = await retrieveIntent(account, noun, id, secret);
  if ("error" in after) return after;
  const fresh = "paymentIntent" in after ? after.paymentIntent : after.setupIntent;
  return fresh.status === "requires_payment_method" ? { error: failureOf(noun, fresh) } : named(noun, fresh);
}
