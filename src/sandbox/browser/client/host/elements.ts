/** A group of elements that collect the parts of one payment or setup. */
import { callApi } from "../shared/api";
import {
  type ApiError,
  type ElementType,
  elementTypes,
  isJson,
  type Json,
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

const typesHoldingCards: readonly ElementType[] = ["payment", "card", "cardNumber"];

function isSupported(type: unknown): type is ElementType {
  return elementTypes.some((supported) => supported === type);
}

/** React's components carry the type of their element; both may be asked for. */
function typeOf(wanted: unknown): unknown {
  if (typeof wanted === "function" && "__elementType" in wanted) return wanted.__elementType;
  return isJson(wanted) && "__elementType" in wanted ? wanted.__elementType : wanted;
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
  return {
    kind: mode === "setup" ? "setup" : "payment",
    amount: typeof amount === "number" ? amount : null,
    currency: typeof currency === "string" ? currency : null,
    isSaved: mode !== "payment" || either(options, "setupFutureUsage", "setup_future_usage") !== undefined,
  };
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
    const { amount, currency, status, setup_future_usage: usage } = reply.object;
    if (status === "succeeded" || status === "canceled") {
      const message = `The ${intent.noun.replace("_", " ")} is ${status} already; its form cannot be shown again.`;
      return { type: "invalid_request_error", code: `${intent.noun}_unexpected_state`, message };
    }
    this.session = {
      kind: intent.noun === "setup_intent" ? "setup" : "payment",
      amount: typeof amount === "number" ? amount : null,
      currency: typeof currency === "string" ? currency : null,
      isSaved: intent.noun === "setup_intent" || typeof usage === "string",
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
    };
  }

  forget(element: StripeElement): void {
    const place = this.elements.indexOf(element);
    if (place >= 0) this.elements.splice(place, 1);
    if (element.type === "address") this.refresh();
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
    if (type === "address") this.refresh();
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
    return mounted.some(({ type }) => type === "payment") ? { selectedPaymentMethod: "card" } : {};
  }

  /** The element that holds the card; a wrong call when there is none. */
  cardElement(): StripeElement {
    const found = this.elements.find(({ type }) => typesHoldingCards.includes(type));
    if (found === undefined) {
      throw new IntegrationError("The group has no Element with a card. Create and mount a payment or card Element.");
    }
    return found;
  }

  /** Billing details from an address element of the group. */
  async billingDetails(): Promise<Json> {
    const address = this.elements.find((one) => one.type === "address" && one.mode === "billing" && one.isMounted);
    if (address === undefined) return {};
    const value = part(await address.getValue(), "value");
    return { name: value.name, phone: value.phone, address: value.address };
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
