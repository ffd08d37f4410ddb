/**
 * Confirming payments and setups: with what is typed into elements, with a payment method, or with a confirmation token.
 *
 * Whatever holds a card confirms from its frame; the page only hears the answer.
 */
import { callApi } from "../shared/api";
import { isJson, type Json, type Parameters, type Purpose, part, type Reply, text } from "../shared/protocol";
import { StripeElement } from "./element";
import { type Account, Elements, isReply } from "./elements";
import { IntegrationError } from "./emitter";
import { intentOfSecret, type Noun, named, type Result, settle } from "./intents";

/** Options of confirmPayment and confirmSetup. */
interface ConfirmOptions {
  elements?: unknown;
  clientSecret?: unknown;
  confirmParams?: unknown;
  redirect?: unknown;
}

/** Options as plain parameters; functions and undefined drop out. */
export function parameters(value: unknown): Parameters {
  const copy: unknown = JSON.parse(JSON.stringify(value ?? {}));
  return isJson(copy) ? (copy as Parameters) : {};
}

/** Lets the element's frame send its card. */
export async function sendFrom(element: StripeElement, purpose: Purpose, given: Parameters): Promise<Reply> {
  const reply = await element.ask({ do: "send", purpose, parameters: given });
  if (isReply(reply)) return reply;
  return { error: { type: "api_error", message: "The form gave no answer." } };
}

/** Details typed into an address element, under those that the call states. */
export async function withBillingDetails(elements: Elements, data: unknown): Promise<Parameters> {
  const typed = parameters(await elements.billingDetails());
  const stated = parameters(data);
  const details = parameters(part(stated, "billing_details"));
  const address = { ...parameters(typed.address), ...parameters(details.address) };
  const merged: Parameters = { ...typed, ...details };
  if (Object.keys(address).length > 0) merged.address = address;
  for (const [name, value] of Object.entries(merged)) if (value === "") delete merged[name];
  return Object.keys(merged).length > 0 ? { ...stated, billing_details: merged } : stated;
}

function checkedElements(value: unknown): Elements | null {
  if (value === undefined || value === null) return null;
  if (value instanceof Elements) return value;
  throw new IntegrationError("`elements` must be what stripe.elements() returned.");
}

function checkedReturnUrl(noun: Noun, options: ConfirmOptions): URL | null {
  const stated = text(options.confirmParams, "return_url");
  if (stated === "") {
    if (options.redirect === "if_required") return null;
    const call = noun === "payment_intent" ? "confirmPayment" : "confirmSetup";
    throw new IntegrationError(`${call}() needs confirmParams.return_url, unless redirect is "if_required".`);
  }
  try {
    const url = new URL(stated);
    if (/^https?:$/.test(url.protocol)) return url;
  } catch {
    // Said below, together with addresses of other protocols.
  }
  throw new IntegrationError("confirmParams.return_url must be a whole address, with http:// or https://.");
}

function leave(returnUrl: URL, noun: Noun, intent: Json): Promise<never> {
  const secret = text(intent, "client_secret");
  returnUrl.searchParams.set(noun, text(intent, "id"));
  returnUrl.searchParams.set(`${noun}_client_secret`, secret);
  returnUrl.searchParams.set("redirect_status", intent.status === "processing" ? "pending" : "succeeded");
  window.location.assign(returnUrl);
  return new Promise<never>(() => undefined);
}

/** The call that confirms: from a frame when a card is typed, from here when the page names what to use. */
async function sendConfirm(
  account: Account,
  noun: Noun,
  id: string,
  elements: Elements | null,
  given: Parameters,
): Promise<Reply> {
  const isNamed = given.payment_method !== undefined || given.confirmation_token !== undefined;
  if (isNamed || elements === null) {
    if (!isNamed && given.payment_method_data === undefined) {
      throw new IntegrationError("Confirming needs `elements`, a payment method or a confirmation token.");
    }
    return callApi(account.baseUrl, account.publishableKey, "POST", `/v1/${noun}s/${id}/confirm`, given);
  }
  const data = await withBillingDetails(elements, given.payment_method_data);
  const shipping = noun === "payment_intent" ? await elements.shipping() : null;
  const more = shipping === null || given.shipping !== undefined ? {} : { shipping: parameters(shipping) };
  return sendFrom(elements.cardElement(), { to: noun, id }, { ...given, ...more, payment_method_data: data });
}

/** stripe.confirmPayment and stripe.confirmSetup. */
export async function confirmIntent(account: Account, noun: Noun, options: unknown): Promise<Result> {
  const given: ConfirmOptions = isJson(options) ? options : {};
  const elements = checkedElements(given.elements);
  const secret = given.clientSecret ?? elements?.clientSecret;
  const intent = intentOfSecret(secret);
  if (intent === null || intent.noun !== noun || typeof secret !== "string") {
    throw new IntegrationError(`The clientSecret of a ${noun.replace("_", " ")} is missing.`);
  }
  const returnUrl = checkedReturnUrl(noun, given);
  const isDeferred = elements !== null && elements.clientSecret === null;
  const stated = parameters(given.confirmParams);
  const isNamed = stated.payment_method !== undefined || stated.confirmation_token !== undefined;
  if (elements !== null && !isNamed) {
    if (isDeferred && !elements.hasSubmitted) {
      throw new IntegrationError("Call elements.submit() before confirming when elements() has no clientSecret.");
    }
    const { error } = await elements.submit();
    if (isJson(error)) return { error: { ...error, type: "validation_error" } };
  }
  const reply = await sendConfirm(account, noun, intent.id, elements, {
    ...stated,
    client_secret: secret,
    use_stripe_sdk: true,
  });
  if (reply.error !== undefined) return { error: reply.error };
  const result = await settle(account, noun, reply.object, secret);
  if ("error" in result || given.redirect === "if_required" || returnUrl === null) return result;
  return leave(returnUrl, noun, "paymentIntent" in result ? result.paymentIntent : result.setupIntent);
}

/** stripe.confirmCardPayment and stripe.confirmCardSetup: no redirect, the card from an element or by id. */
export async function confirmCard(
  account: Account,
  noun: Noun,
  secret: unknown,
  data: unknown,
  options: unknown,
): Promise<Result> {
  const intent = intentOfSecret(secret);
  if (intent === null || intent.noun !== noun || typeof secret !== "string") {
    throw new IntegrationError(`The client secret of a ${noun.replace("_", " ")} is missing.`);
  }
  const { payment_method: method, ...rest } = isJson(data) ? data : {};
  const given: Parameters = { ...parameters(rest), client_secret: secret, use_stripe_sdk: true };
  const reply = await sendCardConfirm(account, intent, method, given);
  if (reply.error !== undefined) return { error: reply.error };
  if (isJson(options) && options.handleActions === false) return named(noun, reply.object);
  return settle(account, noun, reply.object, secret);
}

async function sendCardConfirm(
  account: Account,
  intent: { noun: Noun; id: string },
  method: unknown,
  given: Parameters,
): Promise<Reply> {
  if (isJson(method) && method.card instanceof StripeElement) {
    const { card, ...described } = method;
    const element = method.card;
    const problem = await element.validate();
    if (problem !== null) return { error: { ...problem, type: "validation_error" } };
    const payment_method_data = parameters(described);
    return sendFrom(element, { to: intent.noun, id: intent.id }, { ...given, payment_method_data });
  }
  if (method !== undefined && typeof method !== "string") {
    throw new IntegrationError("`payment_method` must be an id, or an object whose `card` is a card Element.");
  }
  const all = method === undefined ? given : { ...given, payment_method: method };
  const path = `/v1/${intent.noun}s/${intent.id}/confirm`;
  return callApi(account.baseUrl, account.publishableKey, "POST", path, all);
}
