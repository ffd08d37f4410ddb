/**
 * The program of every frame: announces itself to the page, shows the form it is told to show, and keeps what is typed.
 *
 * It trusts one page: the parent that answers its first message. Later messages come through that page's channel only.
 */
import {
  connectKind,
  type FrameCall,
  type FrameConfig,
  type FrameEvent,
  type FrameMessage,
  helloKind,
  isJson,
  type Json,
  type PageMessage,
} from "../shared/protocol";
import { AddressForm } from "./address-form";
import { applyAppearance, applyLineStyle, loadFonts, scheme } from "./appearance";
import { BankLoginPage } from "./bank-login";
import { CardLineForm } from "./card-line-form";
import { EmailForm } from "./email-form";
import type { Form, FormHost } from "./form";
import { IbanForm } from "./iban-form";
import type { OverlayPage } from "./overlay-page";
import { PaymentForm } from "./payment-form";
import { sendMethod } from "./send";
import { SplitCardForm } from "./split-card-form";
import { challengeSecret, ThreeDSecurePage } from "./three-d-secure";

class Frame {
  private form: Form | null = null;
  private overlay: OverlayPage | null = null;
  private lastChange = "";

  constructor(
    private readonly port: MessagePort,
    private config: FrameConfig,
  ) {
    loadFonts(config.fonts);
    this.build();
    this.configure(config);
    port.addEventListener("message", (event: MessageEvent<PageMessage>) => this.hear(event.data));
    port.start();
    document.body.classList.add("is-ready");
    new ResizeObserver(() => this.tellSize()).observe(document.body);
    this.tell({ kind: "ready" });
  }

  private build(): void {
    const { type } = this.config;
    if (type === "threeDSecure" || type === "bankLogin") {
      const Page = type === "bankLogin" ? BankLoginPage : ThreeDSecurePage;
      this.overlay = new Page(challengeSecret(this.config), (outcome) => this.emit("outcome", { outcome }));
      document.body.append(this.overlay.root);
      document.addEventListener("keydown", (event) => {
        if (event.key === "Escape") this.emit("escape", {});
      });
      return;
    }
    const host = this.formHost();
    if (type === "payment") this.form = new PaymentForm(host);
    else if (type === "address") this.form = new AddressForm(host);
    else if (type === "card") this.form = new CardLineForm(host);
    else if (type === "iban") this.form = new IbanForm(host);
    else if (type === "linkAuthentication") this.form = new EmailForm(host);
    else this.form = new SplitCardForm(type, host);
    document.body.append(this.form.root);
    this.lastChange = JSON.stringify(this.form.state());
  }

  private formHost(): FormHost {
    let hasFocus = false;
    let lastBrand: string | null = null;
    return {
      changed: () => this.tellChange(),
      brandKnown: (brand) => {
        if (brand === lastBrand) return;
        lastBrand = brand;
        const details = { brands: brand === null ? null : [brand], funding: null };
        this.emit("carddetailschange", { loading: false, details });
      },
      focused: () => {
        if (!hasFocus) this.emit("focus", {});
        hasFocus = true;
      },
      // Moving between fields of one frame is no blur; by the next turn it is known where the focus went.
      blurred: () =>
        setTimeout(() => {
          this.tellChange();
          if (document.hasFocus() && document.activeElement?.closest(".Form") !== null) return;
          if (hasFocus) this.emit("blur", {});
          hasFocus = false;
        }),
      escaped: () => this.emit("escape", {}),
      entered: () => this.emit("enter", {}),
    };
  }

  private configure(config: FrameConfig): void {
    this.config = config;
    applyAppearance(config.appearance);
    applyLineStyle(config.options.style);
    document.documentElement.style.colorScheme = scheme();
    document.documentElement.style.backgroundColor = config.backdrop ?? "";
    this.form?.configure(config);
    this.overlay?.configure(config);
    this.tellSize();
    this.tellChange();
  }

  private hear(message: PageMessage): void {
    if (message.kind === "configure") this.configure(message.config);
    else void this.answer(message.id, message.call);
  }

  private async answer(id: number, call: FrameCall): Promise<void> {
    this.tell({ kind: "answer", id, answer: await this.perform(call) });
  }

  private async perform(call: FrameCall): Promise<unknown> {
    switch (call.do) {
      case "focus":
        (this.overlay ?? this.form)?.focus();
        return null;
      case "blur":
        if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
        return null;
      case "clear":
        this.form?.clear();
        // Closing the bank's page means giving up.
        await this.overlay?.giveUp();
        return null;
      case "collapse":
        this.form?.collapse?.();
        return null;
      case "validate":
        return this.form?.validate() ?? null;
      case "value":
        return this.form?.state() ?? null;
      case "send": {
        const method = this.form?.paymentMethod() ?? null;
        if (method === null)
          return { error: { type: "invalid_request_error", message: "This element holds no payment method." } };
        return sendMethod(this.config.publishableKey, call.purpose, method, call.parameters);
      }
    }
  }

  private tellChange(): void {
    const state = this.form?.state();
    if (state === undefined) return;
    const shape = JSON.stringify(state);
    if (shape === this.lastChange) return;
    this.lastChange = shape;
    this.emit("change", state);
  }

  private tellSize(): void {
    const height = Math.ceil(document.body.getBoundingClientRect().height);
    this.tell({ kind: "size", height, scheme: scheme() });
  }

  private emit(event: FrameEvent, payload: Json): void {
    this.tell({ kind: "event", event, payload });
  }

  private tell(message: FrameMessage): void {
    this.port.postMessage(message);
  }
}

function waitForPage(): void {
  const connect = (event: MessageEvent<unknown>) => {
    if (event.source !== window.parent || !isJson(event.data) || event.data.kind !== connectKind) return;
    const port = event.ports[0];
    if (port === undefined) return;
    window.removeEventListener("message", connect);
    new Frame(port, event.data.config as FrameConfig);
  };
  window.addEventListener("message", connect);
  window.parent.postMessage({ kind: helloKind }, "*");
}

if (window.parent !== window) waitForPage();
