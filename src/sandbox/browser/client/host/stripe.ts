/**
 * What `Stripe(publishableKey)` returns: the part of Stripe.js that cards and bank accounts need. Everything else says that the sandbox does
 * not have it, instead of being quietly absent.
 */
import { callApi } from "../shared/api";
import { isJson, type Json, type Parameters, type Reply, text } from "../shared/protocol";
import { collectBankAccount, verifyMicrodeposits } from "./bank";
import { confirmIntent, confirmNamed, type NamedMethod, parameters, sendFrom, withBillingDetails } from "./confirm";
import { StripeElement } from "./element";
import { type Account, Elements } from "./elements";
import { IntegrationError } from "./emitter";
import { intentOfSecret, type Noun, type Result, retrieveIntent, settle } from "./intents";

const absent = [
  "collectBankAccountToken",
  "collectFinancialConnectionsAccounts",
  "createEmbeddedCheckoutPage",
  "createPaymentMethodFromElement",
  "createRadarSession",
  "createSource",
  "initCheckoutElementsSdk",
  "initCheckoutFormSdk",
  "paymentRequest",
  "redirectToCheckout",
  "retrieveSource",
  "verifyIdentity",
] as const;

type Made<K extends string> = { error: Json } | Record<K, Json>;

function secretOf(value: unknown): string {
  if (typeof value === "string" && intentOfSecret(value) !== null) return value;
  throw new IntegrationError("The client secret of a payment or setup intent is missing.");
}

/** The object the whole page shares. */
export class StripeClient {
  constructor(private readonly account: Account) {
    for (const name of absent) {
      Object.defineProperty(this, name, {
        value: () => {
          throw new IntegrationError(`The Stripe sandbox does not support stripe.${name}().`);
        },
      });
    }
  }

  elements(options?: unknown): Elements {
    return new Elements(this.account, options);
  }

  confirmPayment(options: unknown): Promise<Result> {
    return confirmIntent(this.account, "payment_intent", options);
  }

  confirmSetup(options: unknown): Promise<Result> {
    return confirmIntent(this.account, "setup_intent", options);
  }

  private confirmWith(noun: Noun, type: NamedMethod) {
    return (secret: unknown, data?: unknown, options?: unknown): Promise<Result> =>
      confirmNamed(this.account, noun, type, secret, data, options);
  }

  readonly confirmCardPayment = this.confirmWith("payment_intent", "card");
  readonly confirmCardSetup = this.confirmWith("setup_intent", "card");
  readonly confirmUsBankAccountPayment = this.confirmWith("payment_intent", "us_bank_account");
  readonly confirmUsBankAccountSetup = this.confirmWith("setup_intent", "us_bank_account");
  readonly confirmSepaDebitPayment = this.confirmWith("payment_intent", "sepa_debit");
  readonly confirmSepaDebitSetup = this.confirmWith("setup_intent", "sepa_debit");

  collectBankAccountForPayment(options: unknown): Promise<Result> {
    return collectBankAccount(this.account, "payment_intent", options);
  }

  collectBankAccountForSetup(options: unknown): Promise<Result> {
    return collectBankAccount(this.account, "setup_intent", options);
  }

  verifyMicrodepositsForPayment(secret: unknown, answer?: unknown): Promise<Result> {
    return verifyMicrodeposits(this.account, "payment_intent", secret, answer);
  }

  verifyMicrodepositsForSetup(secret: unknown, answer?: unknown): Promise<Result> {
    return verifyMicrodeposits(this.account, "setup_intent", secret, answer);
  }

  /** Takes `{elements, params}`, or a type with its data: `{type: "card", card: element, billing_details}`, for example. */
  async createPaymentMethod(options: unknown): Promise<Made<"paymentMethod">> {
    const given = isJson(options) ? options : {};
    if (given.elements instanceof Elements) {
      const { elements } = given;
      const checked = await this.checked(elements);
      if (checked !== null) return { error: checked };
      const all = await withBillingDetails(elements, given.params);
      const reply = await sendFrom(elements.methodElement(), { to: "payment_method" }, all);
      return reply.error === undefined ? { paymentMethod: reply.object } : { error: reply.error };
    }
    const element = Object.entries(given).find(([, value]) => value instanceof StripeElement);
    if (element === undefined) {
      const all = parameters(given);
      if (all.type === undefined)
        throw new IntegrationError("createPaymentMethod() needs `elements`, or a type with its data.");
      const { baseUrl, publishableKey } = this.account;
      const reply = await callApi(baseUrl, publishableKey, "POST", "/v1/payment_methods", all);
      return reply.error === undefined ? { paymentMethod: reply.object } : { error: reply.error };
    }
    const [name, holder] = element;
    const { [name]: _element, ...rest } = given;
    if (!(holder instanceof StripeElement)) throw new IntegrationError("createPaymentMethod() needs an Element.");
    const error = await holder.validate();
    if (error !== null) return { error };
    const reply = await sendFrom(holder, { to: "payment_method" }, parameters(rest));
    return reply.error === undefined ? { paymentMethod: reply.object } : { error: reply.error };
  }

  async createConfirmationToken(options: unknown): Promise<Made<"confirmationToken">> {
    const given = isJson(options) ? options : {};
    const { elements } = given;
    if (!(elements instanceof Elements)) throw new IntegrationError("createConfirmationToken() needs `elements`.");
    const checked = await this.checked(elements);
    if (checked !== null) return { error: checked };
    const stated = parameters(given.params);
    const shipping = await elements.shipping();
    const all: Parameters = {
      ...stated,
      payment_method_data: await withBillingDetails(elements, stated.payment_method_data),
      ...(shipping === null || stated.shipping !== undefined ? {} : { shipping: parameters(shipping) }),
    };
    const reply = await sendFrom(elements.methodElement(), { to: "confirmation_token" }, all);
    return reply.error === undefined ? { confirmationToken: reply.object } : { error: reply.error };
  }

  private async checked(elements: Elements): Promise<Json | null> {
    const { error } = await elements.submit();
    return isJson(error) ? error : null;
  }

  /** Takes a card Element, `"cvc_update"` with a cardCvc Element, or a kind of token with its data. */
  async createToken(wanted: unknown, data?: unknown): Promise<Made<"token">> {
    const reply = await this.tokenReply(wanted, data);
    return reply.error === undefined ? { token: reply.object } : { error: reply.error };
  }

  private async tokenReply(wanted: unknown, data: unknown): Promise<Reply> {
    const isCvc = wanted === "cvc_update" && data instanceof StripeElement;
    const element = isCvc ? data : wanted;
    if (element instanceof StripeElement) {
      const needed = isCvc ? ["cardCvc"] : ["card", "cardNumber"];
      if (!needed.includes(element.type)) {
        throw new IntegrationError(`createToken() takes no ${element.type} Element here, but: ${needed.join(", ")}.`);
      }
      const error = await element.validate();
      if (error !== null) return { error: { ...error, type: "validation_error" } };
      return sendFrom(element, { to: isCvc ? "cvc_token" : "token" }, isCvc ? {} : parameters(data));
    }
    if (typeof wanted !== "string") throw new IntegrationError("createToken() takes a card Element.");
    const { baseUrl, publishableKey } = this.account;
    return callApi(baseUrl, publishableKey, "POST", "/v1/tokens", { [wanted]: parameters(data) });
  }

  /** Carries out what an intent confirmed by the server still needs. */
  async handleNextAction(options: unknown): Promise<Result> {
    const secret = secretOf(isJson(options) ? options.clientSecret : undefined);
    const intent = intentOfSecret(secret);
    if (intent === null) throw new IntegrationError("handleNextAction() needs a clientSecret.");
    const found = await retrieveIntent(this.account, intent.noun, intent.id, secret);
    if ("error" in found) return found;
    const object = "paymentIntent" in found ? found.paymentIntent : found.setupIntent;
    return object.status === "requires_action" ? settle(this.account, intent.noun, object, secret) : found;
  }

  handleCardAction(clientSecret: unknown): Promise<Result> {
    return this.handleNextAction({ clientSecret });
  }

  retrievePaymentIntent(clientSecret: unknown): Promise<Result> {
    return this.retrieve("payment_intent", clientSecret);
  }

  retrieveSetupIntent(clientSecret: unknown): Promise<Result> {
    return this.retrieve("setup_intent", clientSecret);
  }

  private async retrieve(noun: Noun, clientSecret: unknown): Promise<Result> {
    const secret = secretOf(clientSecret);
    const intent = intentOfSecret(secret);
    if (intent?.noun !== noun)
      throw new IntegrationError(`This is not the client secret of a ${noun.replace("_", " ")}.`);
    return retrieveIntent(this.account, noun, intent.id, secret);
  }

  /** The wrapper libraries introduce themselves; the sandbox has nobody to tell. */
  _registerWrapper(): void {}

  registerAppInfo(): void {}
}

/** Whether a key may be used here: test keys only, and never a secret one. */
export function checkedKey(key: unknown): string {
  const given = typeof key === "string" ? key : text(key, "publishableKey");
  if (/^(sk|rk)_/.test(given)) {
    throw new IntegrationError("Do not use a secret key in a page. Stripe() takes the publishable key, pk_test_….");
  }
  if (!/^pk_test_\w+$/.test(given)) {
    throw new IntegrationError("Stripe() of the sandbox takes a publishable test key, pk_test_….");
  }
  return given;
}
