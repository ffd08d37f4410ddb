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

/** What the form was told not to ask for has to come with the call. */
function checkPromises(elements: Elements, data: unknown): void {
  const stated = part(data, "billing_details");
  for (const name of elements.promisedDetails()) {
    if (stated[name] !== undefined) continue;
    throw new IntegrationError(
      `The payment Element was created with fields.billingDetails.${name} "never", so confirmParams.payment_method_data.billing_details.${name} must be passed.`,
    );
  }
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
  const isPending = intent.status === "processing" || intent.status === "requires_action";
  returnUrl.searchParams.set("redirect_status", isPending ? "pending" : "succeeded");
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
  checkPromises(elements, given.payment_method_data);
  const data = await withBillingDetails(elements, given.payment_method_data);
  const shipping = noun === "payment_intent" ? await elements.shipping() : null;
  const more = shipping === null || given.shipping !== undefined ? {} : { shipping: parameters(shipping) };
  return sendFrom(elements.methodElement(), { to: noun, id }, { ...given, ...more, payment_method_data: data });
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

/** Kinds of payment method that calls of their own confirm: `confirmCard…`, `confirmUsBankAccount…`, `confirmSepaDebit…`. */
export type NamedMethod = "card" | "us_bank_account" | "sepa_debit";

/** stripe.confirmCardPayment and its like: no redirect, the method from an element, as data, by id, or the intent's own. */
export async function confirmNamed(
  account: Account,
  noun: Noun,
  type: NamedMethod,
  secret: unknown,
  data: unknown,
  options: unknown,
): Promise<Result> {
  const intent = intentOfSecret(secret);
  if (intent === null || intent.noun !== noun || typeof secret !== "string") {
    throw new IntegrationError(`The client secret of a ${noun.replace("_", " ")} is missing.`);
  }
  const { payment_method: method, ...rest } = isJson(data) ? data : {};
  const accepted = { customer_acceptance: { type: "online", online: { infer_from_client: true } } };
  const given: Parameters = {
    ...(type === "card" ? {} : { mandate_data: accepted }),
    ...parameters(rest),
    client_secret: secret,
    use_stripe_sdk: true,
  };
  const reply = await sendNamed(account, intent, type, method, given);
  if (reply.error !== undefined) return { error: reply.error };
  if (isJson(options) && options.handleActions === false) return named(noun, reply.object);
  return settle(account, noun, reply.object, secret);
}

async function sendNamed(
  account: Account,
  intent: { noun: Noun; id: string },
  type: NamedMethod,
  method: unknown,
  given: Parameters,
): Promise<Reply> {
  const element = isJson(method) ? method[type] : undefined;
  if (isJson(method) && element instanceof StripeElement) {
    const { [type]: _element, ...described } = method;
    const problem = await element.validate();
    if (problem !== null) return { error: { ...problem, type: "validation_error" } };
    const payment_method_data = parameters(described);
    return sendFrom(element, { to: intent.noun, id: intent.id }, { ...given, payment_method_data });
  }
  const path = `/v1/${intent.noun}s/${intent.id}/confirm`;
  const send = (all: Parameters) => callApi(account.baseUrl, account.publishableKey, "POST", path, all);
  if (method === undefined) return send(given);
  if (typeof method === "string") return send({ ...given, payment_method: method });
  const isTyped = isJson(element) && (type !== "card" || typeof element.token === "string");
  if (!isTyped) {
    const data = type === "card" ? "a card Element or a token" : "the data of the account or its Element";
    throw new IntegrationError(`\`payment_method\` must be an id, or an object whose \`${type}\` is ${data}.`);
  }
  return send({ ...given, payment_method_data: { type, ...parameters(method) } });
}
