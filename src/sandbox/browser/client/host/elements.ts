/** A group of elements that collect the parts of one payment or setup. */
import { callApi } from "../shared/api";
import {
  type ApiError,
  type ElementType,
  elementTypes,
  isJson,
  type Json,
  type MethodType,
  methodTypes,
  part,
  type Reply,
  type Session,
  text,
} from "../shared/protocol";
import { type ElementOwner, type GroupConfig, StripeElement } from "./element";
import { Emitter, type Handler, IntegrationError } from "./emitter";
import { intentOfSecret } from "./intents";

/** Who owns the group: where to call, and as whom. */
export interface Account {
  baseUrl: string;
  publishableKey: string;
}

const typesHoldingMethods: readonly ElementType[] = ["payment", "card", "cardNumber", "iban"];

function isSupported(type: unknown): type is ElementType {
  return elementTypes.some((supported) => supported === type);
}

/** React's components carry the type of their element; both may be asked for. */
function typeOf(wanted: unknown): unknown {
  if (typeof wanted === "function" && "__elementType" in wanted) return wanted.__elementType;
  return isJson(wanted) && "__elementType" in wanted ? wanted.__elementType : wanted;
}

function isMethodType(type: unknown): type is MethodType {
  return methodTypes.some((known) => known === type);
}

const currencyOf: Record<MethodType, string | null> = { card: null, us_bank_account: "usd", sepa_debit: "eur" };

/** The kinds of payment method of the deferred mode, chosen as the server chooses those of an intent. */
function deferredTypes(options: Json, currency: string | null): MethodType[] {
  const allowed = either(options, "allowedPaymentMethodTypes", "allowed_payment_method_types") ?? ["card"];
  const excluded = either(options, "excludedPaymentMethodTypes", "excluded_payment_method_types") ?? [];
  const offered = (Array.isArray(allowed) ? allowed : []).filter(isMethodType).filter((type) => {
    const needed = options.mode === "setup" ? null : currencyOf[type];
    return !(Array.isArray(excluded) && excluded.includes(type)) && (needed === null || needed === currency);
  });
  if (offered.length > 0) return [...new Set(offered)];
  throw new IntegrationError("elements() leaves no payment method that the Stripe sandbox could offer here.");
}

function either(options: Json, camel: string, snake: string): unknown {
  return options[camel] ?? options[snake];
}

/** The session of the deferred mode; null when the group has no mode, as with plain card elements. */
function deferredSession(options: Json): Session | null {
  const { mode, amount, currency } = options;
  if (mode === undefined) return null;
  if (mode !== "payment" && mode !== "setup" && mode !== "subscription") {
    throw new IntegrationError('elements() takes as mode "payment", "setup" or "subscription".');
  }
  if (mode !== "setup" && (typeof amount !== "number" || !Number.isInteger(amount) || amount < 0)) {
    throw new IntegrationError(
      `elements() in mode "${mode}" needs an amount: an integer in the smallest currency unit.`,
    );
  }
  if (mode !== "setup" && (typeof currency !== "string" || !/^[a-z]{3}$/.test(currency))) {
    throw new IntegrationError(`elements() in mode "${mode}" needs a currency: three letters in lower case.`);
  }
  const code = typeof currency === "string" ? currency : null;
  return {
    kind: mode === "setup" ? "setup" : "payment",
    amount: typeof amount === "number" ? amount : null,
    currency: code,
    methodTypes: deferredTypes(options, code),
    isSaved: mode !== "payment" || either(options, "setupFutureUsage", "setup_future_usage") !== undefined,
  };
}

/** Fonts are loaded by frames of another origin, where a relative address would mean something else. */
function checkFonts(fonts: unknown): void {
  if (fonts === undefined) return;
  if (!Array.isArray(fonts)) throw new IntegrationError("elements() takes as fonts a list.");
  for (const font of fonts.filter(isJson)) {
    const address =
      typeof font.cssSrc === "string" ? font.cssSrc : /url\(\s*["']?([^"')]+)/.exec(text(font, "src"))?.[1];
    if (address === undefined || (typeof font.cssSrc !== "string" && text(font, "family") === "")) {
      throw new IntegrationError('A font needs a cssSrc, or a family with a src "url(…)".');
    }
    if (!/^(https?:\/\/|data:)/.test(address)) {
      throw new IntegrationError(`The address of a font must be a whole one, with http:// or https://: ${address}`);
    }
  }
}

/** What stripe.elements() returns. Knows the intent or its deferred description, and all elements of the group. */
export class Elements implements ElementOwner {
  readonly baseUrl: string;
  readonly clientSecret: string | null;
  private readonly emitter = new Emitter();
  private readonly group: string;
  private readonly elements: StripeElement[] = [];
  private options: Json;
  private session: Session | null;
  private loading: Promise<ApiError | null>;
  /** Whether the data was checked since the last change of it; confirming in deferred mode asks for that. */
  hasSubmitted = false;

  constructor(
    private readonly account: Account,
    options: unknown,
  ) {
    this.baseUrl = account.baseUrl;
    this.options = isJson(options) ? { ...options } : {};
    this.group = Array.from(crypto.getRandomValues(new Uint32Array(4)), (word) => word.toString(36)).join("");
    if (this.options.customerSessionClientSecret !== undefined) {
      throw new IntegrationError("The Stripe sandbox does not support elements() with a customerSessionClientSecret.");
    }
    checkFonts(this.options.fonts);
    const secret = this.options.clientSecret;
    if (secret !== undefined && intentOfSecret(secret) === null) {
      throw new IntegrationError("elements() got a clientSecret that belongs to no payment or setup intent.");
    }
    this.clientSecret = typeof secret === "string" ? secret : null;
    this.session = this.clientSecret === null ? deferredSession(this.options) : null;
    this.loading = this.clientSecret === null ? Promise.resolve(null) : this.load(this.clientSecret);
  }

  private async load(clientSecret: string): Promise<ApiError | null> {
    const intent = intentOfSecret(clientSecret);
    if (intent === null) return null;
    const { baseUrl, publishableKey } = this.account;
    const reply = await callApi(baseUrl, publishableKey, "GET", `/v1/${intent.noun}s/${intent.id}`, {
      client_secret: clientSecret,
    });
    if (reply.error !== undefined) return reply.error;
    const { amount, currency, status, setup_future_usage: usage, payment_method_types: types } = reply.object;
    if (status === "succeeded" || status === "canceled") {
      const message = `The ${intent.noun.replace("_", " ")} is ${status} already; its form cannot be shown again.`;
      return { type: "invalid_request_error", code: `${intent.noun}_unexpected_state`, message };
    }
    this.session = {
      kind: intent.noun === "setup_intent" ? "setup" : "payment",
      amount: typeof amount === "number" ? amount : null,
      currency: typeof currency === "string" ? currency : null,
      isSaved: intent.noun === "setup_intent" || typeof usage === "string",
      methodTypes: (Array.isArray(types) ? types : ["card"]).filter(isMethodType),
    };
    return null;
  }

  loaded(type: ElementType): Promise<ApiError | null> {
    return type === "payment" ? this.loading : Promise.resolve(null);
  }

  frameConfig(type: ElementType, options: Json): GroupConfig {
    const { fonts } = this.options;
    return {
      type,
      group: this.group,
      publishableKey: this.account.publishableKey,
      appearance: part(JSON.parse(JSON.stringify(this.options.appearance ?? {}))),
      fonts: Array.isArray(fonts) ? fonts.filter(isJson) : [],
      options,
      session: this.session,
      isAddressElsewhere: this.elements.some((other) => other.type === "address" && other.mode !== "shipping"),
      isEmailElsewhere: this.elements.some((other) => other.type === "linkAuthentication"),
    };
  }

  forget(element: StripeElement): void {
    const place = this.elements.indexOf(element);
    if (place >= 0) this.elements.splice(place, 1);
    if (element.type === "address" || element.type === "linkAuthentication") this.refresh();
  }

  private refresh(): void {
    for (const element of this.elements) element.refresh();
  }

  create(type: unknown, options: unknown = {}): StripeElement {
    if (!isSupported(type)) {
      throw new IntegrationError(
        `The Stripe sandbox has no "${String(type)}" Element. It has: ${elementTypes.join(", ")}.`,
      );
    }
    const mode = text(options, "mode");
    if (type === "address" && mode !== "billing" && mode !== "shipping") {
      throw new IntegrationError('An address Element needs a mode: "billing" or "shipping".');
    }
    if (type === "payment" && this.clientSecret === null && this.session === null) {
      throw new IntegrationError("A payment Element needs elements() with a clientSecret or a mode.");
    }
    if (this.elements.some((other) => other.type === type && other.mode === mode)) {
      throw new IntegrationError(`This group has a ${type} Element already; get it with elements.getElement().`);
    }
    const element = new StripeElement(type, this, options);
    this.elements.push(element);
    if (type === "address" || type === "linkAuthentication") this.refresh();
    element.on("change", () => {
      this.hasSubmitted = false;
    });
    return element;
  }

  getElement(wanted: unknown, options?: unknown): StripeElement | null {
    const type = typeOf(wanted);
    const mode = text(options, "mode");
    return this.elements.find((one) => one.type === type && (mode === "" || one.mode === mode)) ?? null;
  }

  async update(options: unknown): Promise<void> {
    if (!isJson(options)) return;
    const { clientSecret: _secret, fonts: _fonts, ...changes } = options;
    this.options = { ...this.options, ...changes };
    if (this.clientSecret === null) this.session = deferredSession(this.options);
    this.refresh();
    this.emitter.emit("update-end", {});
  }

  /** Reads the intent again, after the server changed its amount, for example. */
  async fetchUpdates(): Promise<Json> {
    if (this.clientSecret === null) return {};
    const error = await this.load(this.clientSecret);
    this.loading = Promise.resolve(error);
    this.refresh();
    this.emitter.emit("update-end", {});
    return error === null ? {} : { error };
  }

  on(event: string, handler: Handler): Elements {
    this.emitter.on(event, handler);
    return this;
  }

  once(event: string, handler: Handler): Elements {
    this.emitter.on(event, handler, true);
    return this;
  }

  off(event: string, handler?: Handler): Elements {
    this.emitter.off(event, handler);
    return this;
  }

  /** Checks all elements on the page; the first problem in their order is the error, and has the focus. */
  async submit(): Promise<Json> {
    const mounted = this.elements.filter(({ isMounted }) => isMounted);
    let first: { element: StripeElement; error: Json } | null = null;
    for (const element of mounted) {
      const found = await element.ask({ do: "validate" });
      if (first === null && isJson(found)) first = { element, error: { type: "validation_error", ...found } };
    }
    if (first !== null) {
      first.element.focus();
      return { error: first.error };
    }
    this.hasSubmitted = true;
    const payment = mounted.find(({ type }) => type === "payment");
    if (payment === undefined) return {};
    return { selectedPaymentMethod: text(part(await payment.ask({ do: "value" }), "value"), "type") };
  }

  /** The element that holds the payment method; a wrong call when there is none. */
  methodElement(): StripeElement {
    const found = this.elements.find(({ type }) => typesHoldingMethods.includes(type));
    if (found === undefined) {
      throw new IntegrationError(
        "The group has no Element with a payment method. Create and mount a payment or card Element.",
      );
    }
    return found;
  }

  /** Billing details from elements of the group that ask for an address or an e-mail address. */
  async billingDetails(): Promise<Json> {
    const email = this.elements.find((one) => one.type === "linkAuthentication" && one.isMounted);
    const typed = email === undefined ? {} : { email: part(await email.ask({ do: "value" }), "value").email };
    const address = this.elements.find((one) => one.type === "address" && one.mode === "billing" && one.isMounted);
    if (address === undefined) return typed;
    const value = part(await address.getValue(), "value");
    return { ...typed, name: value.name, phone: value.phone, address: value.address };
  }

  /** The billing details the page said it would pass itself (`fields.billingDetails`), by their names in the API. */
  promisedDetails(): string[] {
    const fields = part(this.elements.find(({ type }) => type === "payment")?.given, "fields").billingDetails;
    if (!isJson(fields)) return [];
    return ["name", "email", "phone", "address"].filter((name) => fields[name] === "never");
  }

  /** The name and address of a shipping element. */
  async shipping(): Promise<Json | null> {
    const address = this.elements.find((one) => one.type === "address" && one.mode === "shipping" && one.isMounted);
    if (address === undefined) return null;
    const value = part(await address.getValue(), "value");
    return { name: value.name, phone: value.phone, address: value.address };
  }
}

/** Whether a value is an answer of the API. */
export function isReply(value: unknown): value is Reply {
  return isJson(value) && (isJson(value.object) || isJson(value.error));
}
