/**
 * One element on the page: a container that the page owns, a frame inside, and events.
 *
 * React mounts first and listens afterwards, and stops listening after it destroyed the element: events come later than
 * the call that causes them, and a destroyed element takes calls in silence.
 */
import {
  type ApiError,
  type ElementType,
  type FrameCall,
  type FrameConfig,
  type FrameEvent,
  isJson,
  type Json,
} from "../shared/protocol";
import { backdropOf, watchBackdrop } from "./backdrop";
import { Emitter, type Handler, IntegrationError } from "./emitter";
import { FrameLink } from "./frame-link";

/** What the group knows of a frame's configuration; the element adds what is behind it. */
export type GroupConfig = Omit<FrameConfig, "backdrop">;

/** What an element needs of its group. */
export interface ElementOwner {
  baseUrl: string;
  /** Resolves when the group's intent is known; an error keeps payment forms from showing. */
  loaded(type: ElementType): Promise<ApiError | null>;
  frameConfig(type: ElementType, options: Json): GroupConfig;
  forget(element: StripeElement): void;
}

const titles: Record<ElementType, string> = {
  payment: "Secure payment input frame",
  card: "Secure card payment input frame",
  cardNumber: "Secure card number input frame",
  cardExpiry: "Secure expiration date input frame",
  cardCvc: "Secure CVC input frame",
  iban: "Secure IBAN input frame",
  address: "Secure address input frame",
  linkAuthentication: "Secure email input frame",
};

/** Heights before the frame has measured itself, so that the page jumps less. */
const firstHeights: Record<ElementType, number> = {
  payment: 252,
  card: 20,
  cardNumber: 20,
  cardExpiry: 20,
  cardCvc: 20,
  iban: 20,
  address: 420,
  linkAuthentication: 76,
};

const states = ["empty", "complete", "invalid", "focus"] as const;

/** Options as they can be sent to a frame: without functions. */
function plain(options: unknown): Json {
  const copy: unknown = JSON.parse(JSON.stringify(options ?? {}));
  return isJson(copy) ? copy : {};
}

function findContainer(target: unknown): HTMLElement {
  const node = typeof target === "string" ? document.querySelector(target) : target;
  if (node instanceof HTMLElement) return node;
  throw new IntegrationError(
    typeof target === "string"
      ? `No node of the page matches the selector "${target}"; mount an Element into one that does.`
      : "mount() takes a CSS selector or a node of the page.",
  );
}

/** An element as elements.create() returns it. */
export class StripeElement {
  private readonly emitter = new Emitter();
  private link: FrameLink | null = null;
  private container: HTMLElement | null = null;
  private isDestroyed = false;
  private mounts = 0;
  private backdrop: string | null = null;
  private stopWatching: () => void = () => undefined;
  private options: Json;
  /** The latest change, for what the group reads from an address. */
  latest: Json = {};

  constructor(
    readonly type: ElementType,
    private readonly owner: ElementOwner,
    options: unknown,
  ) {
    this.options = plain(options);
  }

  get isMounted(): boolean {
    return this.link !== null;
  }

  /** The options as the page gave them last. */
  get given(): Json {
    return this.options;
  }

  /** The `mode` of an address element. */
  get mode(): string {
    return typeof this.options.mode === "string" ? this.options.mode : "";
  }

  mount(target: unknown): void {
    if (this.isDestroyed) throw new IntegrationError("This Element was destroyed; create another one.");
    const container = findContainer(target);
    if (container === this.container && this.link !== null) return;
    this.unmount();
    this.container = container;
    this.mounts += 1;
    container.classList.add("StripeElement", "StripeElement--empty");
    this.backdrop = backdropOf(container);
    const link = new FrameLink(this.owner.baseUrl, this.config(), this.listener(), titles[this.type]);
    this.link = link;
    const wrapper = document.createElement("div");
    wrapper.className = "__PrivateStripeElement";
    wrapper.style.cssText = "margin:0;padding:0;border:none;display:block;background:transparent;position:relative;";
    if (["payment", "address", "linkAuthentication"].includes(this.type)) {
      // Room around the form for focus rings, which the frame would cut off.
      link.iframe.style.margin = "-4px";
      link.iframe.style.width = "calc(100% + 8px)";
    }
    link.iframe.style.height = `${firstHeights[this.type]}px`;
    wrapper.append(link.iframe);
    container.replaceChildren(wrapper);
    this.stopWatching = watchBackdrop(container, () => this.lookBehind());
    this.start(this.mounts);
  }

  private config(): FrameConfig {
    return { ...this.owner.frameConfig(this.type, this.options), backdrop: this.backdrop };
  }

  private lookBehind(): void {
    if (this.container === null || backdropOf(this.container) === this.backdrop) return;
    this.refresh();
  }

  private start(mount: number): void {
    queueMicrotask(() => this.emit("loaderstart", { elementType: this.type }));
    void this.owner.loaded(this.type).then((error) => {
      if (this.mounts !== mount || this.link === null) return;
      if (error !== null) this.fail(error);
      else this.refresh();
    });
  }

  /** Says that the form is there, and a payment element what it offers. */
  private announce(): void {
    this.emit("ready", { elementType: this.type });
    if (this.type !== "payment") return;
    const types = this.config().session?.methodTypes ?? [];
    const paymentMethods = Object.fromEntries(types.map((type) => [type, { available: true }]));
    this.emit("availablepaymentmethodschange", { elementType: this.type, paymentMethods });
  }

  private fail(error: ApiError): void {
    this.link?.close();
    this.link = null;
    this.emit("loaderror", { elementType: this.type, error });
    // A form that silently stays away is the worst of failures, so somebody has to hear of it.
    if (this.emitter.has("loaderror")) return;
    reportError(new Error(`Unhandled loaderror of the ${this.type} Element: ${error.message}`));
  }

  private listener() {
    const mount = this.mounts;
    const isCurrent = () => this.mounts === mount && this.link !== null;
    return {
      ready: () => {
        void this.owner.loaded(this.type).then((error) => {
          if (isCurrent() && error === null) this.announce();
        });
      },
      failed: (message: string) => {
        if (isCurrent()) this.fail({ type: "api_connection_error", message });
      },
      sized: () => undefined,
      event: (event: FrameEvent, payload: Json) => {
        if (isCurrent()) this.hear(event, payload);
      },
    };
  }

  private hear(event: FrameEvent, payload: Json): void {
    if (event === "change") {
      this.latest = payload;
      this.mark("empty", payload.empty === true);
      this.mark("complete", payload.complete === true);
      this.mark("invalid", isJson(payload.error));
    } else if (event === "focus" || event === "blur") {
      this.mark("focus", event === "focus");
    } else if (event === "enter") {
      this.submitForm();
      return;
    }
    this.emit(event, event === "change" ? payload : { elementType: this.type, ...payload });
  }

  /** Enter in a field submits the page's form, as it does in fields of the page. */
  private submitForm(): void {
    const form = this.container?.closest("form");
    const button = form?.querySelector<HTMLButtonElement>(
      "button:not([type=button]):not([type=reset]), input[type=submit]",
    );
    if (form && button?.disabled !== true) form.requestSubmit();
  }

  private mark(state: (typeof states)[number], isSet: boolean): void {
    const { classes } = this.options;
    const named = isJson(classes) ? classes[state] : undefined;
    const name = typeof named === "string" && named !== "" ? named : `StripeElement--${state}`;
    this.container?.classList.toggle(name, isSet);
  }

  private emit(event: string, payload: unknown): void {
    if (!this.isDestroyed) this.emitter.emit(event, payload);
  }

  /** Sends the frame what has changed in the group or in the options. */
  refresh(): void {
    if (this.container !== null) this.backdrop = backdropOf(this.container);
    this.link?.configure(this.config());
  }

  update(options: unknown): StripeElement {
    this.options = { ...this.options, ...plain(options) };
    this.refresh();
    return this;
  }

  unmount(): StripeElement {
    this.stopWatching();
    this.link?.close();
    this.link = null;
    if (this.container !== null) {
      for (const state of states) this.mark(state, false);
      this.container.classList.remove("StripeElement");
      this.container.replaceChildren();
    }
    this.container = null;
    this.latest = {};
    return this;
  }

  destroy(): StripeElement {
    this.unmount();
    this.isDestroyed = true;
    this.owner.forget(this);
    return this;
  }

  on(event: string, handler: Handler): StripeElement {
    this.emitter.on(event, handler);
    return this;
  }

  once(event: string, handler: Handler): StripeElement {
    this.emitter.on(event, handler, true);
    return this;
  }

  off(event: string, handler?: Handler): StripeElement {
    this.emitter.off(event, handler);
    return this;
  }

  addEventListener(event: string, handler: Handler): StripeElement {
    return this.on(event, handler);
  }

  removeEventListener(event: string, handler?: Handler): StripeElement {
    return this.off(event, handler);
  }

  private tell(call: FrameCall): StripeElement {
    if (call.do === "focus") this.link?.iframe.focus();
    this.link?.call(call).catch(() => undefined);
    return this;
  }

  focus(): StripeElement {
    return this.tell({ do: "focus" });
  }

  blur(): StripeElement {
    return this.tell({ do: "blur" });
  }

  clear(): StripeElement {
    return this.tell({ do: "clear" });
  }

  /** Folds the accordion of a payment element. */
  collapse(): StripeElement {
    return this.tell({ do: "collapse" });
  }

  async getValue(): Promise<Json> {
    if (this.type !== "address") throw new IntegrationError("Only an address Element has a value to get.");
    const state = await this.ask({ do: "value" });
    const { complete, isNewAddress, value } = isJson(state) ? state : {};
    return { complete, isNewAddress, value };
  }

  /** Has the frame mention what is wrong; moves the focus there and returns it. */
  async validate(): Promise<Json | null> {
    const found = await this.ask({ do: "validate" });
    if (!isJson(found)) return null;
    this.focus();
    return { type: "validation_error", ...found };
  }

  /** Asks the frame; rejects when the element is not on the page. */
  ask(call: FrameCall): Promise<unknown> {
    if (this.link === null) {
      const message = `The ${this.type} Element is not mounted; keep it on the page until the call has finished.`;
      return Promise.reject(new IntegrationError(message));
    }
    return this.link.call(call);
  }
}
