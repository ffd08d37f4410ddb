/**
 * The forms of the elements cardNumber, cardExpiry and cardCvc: one field each, in frames of their own.
 *
 * The page must not carry a security code from one frame to another, so the frames of a group tell each other over a
 * channel that only documents of the sandbox's origin can open. The number's frame collects what belongs to the card.
 */
import type { CardBrand } from "../card/brands";
import type { Problem } from "../card/problems";
import { type FrameConfig, isJson, type Json, type Parameters } from "../shared/protocol";
import { brandMark } from "./brand-marks";
import { cardParameters, cvcField, expiryField, lineLook, numberField, typedBrand } from "./card-fields";
import { el } from "./dom";
import type { Field } from "./field";
import { type Form, type FormHost, revealAll } from "./form";

/** Elements that hold one part of a card. */
export type SplitType = "cardNumber" | "cardExpiry" | "cardCvc";

const placeholders: Record<SplitType, string> = {
  cardNumber: "1234 1234 1234 1234",
  cardExpiry: "MM / YY",
  cardCvc: "CVC",
};

/** One part of a card, in touch with the others of its group. */
export class SplitCardForm implements Form {
  readonly root: HTMLElement;
  private readonly field: Field;
  private readonly icon = el("span", { class: "LineIcon", hidden: true });
  private channel: BroadcastChannel | null = null;
  private readonly siblings: Record<SplitType, string> = { cardNumber: "", cardExpiry: "", cardCvc: "" };

  constructor(
    private readonly type: SplitType,
    private readonly host: FormHost,
  ) {
    const listener = { ...host, changed: () => this.afterChange() };
    const look = { ...lineLook, numberPlaceholder: placeholders.cardNumber };
    this.field =
      type === "cardNumber"
        ? numberField(look, listener)
        : type === "cardExpiry"
          ? expiryField(look, listener)
          : cvcField(look, listener, () => this.knownBrand());
    this.root = el("div", { class: "Form LineForm SplitForm" }, this.icon, this.field.root);
  }

  private knownBrand(): CardBrand {
    return typedBrand(this.siblings.cardNumber);
  }

  private afterChange(): void {
    if (this.type === "cardNumber") this.icon.replaceChildren(brandMark(typedBrand(this.field.value)));
    this.tell();
    this.host.changed();
  }

  private tell(): void {
    // Siblings need of the number only what tells its brand.
    const value = this.type === "cardNumber" ? this.field.value.slice(0, 7) : this.field.value;
    this.siblings[this.type] = value;
    this.channel?.postMessage({ type: this.type, value });
  }

  configure(config: FrameConfig): void {
    const { options } = config;
    this.icon.hidden = this.type !== "cardNumber" || options.showIcon !== true;
    if (!this.icon.hidden) this.icon.replaceChildren(brandMark(typedBrand(this.field.value)));
    if (typeof options.placeholder === "string") this.field.placeholder = options.placeholder;
    this.field.control.toggleAttribute("disabled", options.disabled === true);
    if (this.channel !== null) return;
    this.channel = new BroadcastChannel(`card-${config.group}`);
    this.channel.addEventListener("message", (event: MessageEvent<unknown>) => this.hear(event.data));
    this.channel.postMessage({ question: true });
    this.tell();
  }

  private hear(message: unknown): void {
    if (!isJson(message)) return;
    if (message.question === true) {
      this.tell();
      return;
    }
    const { type, value } = message;
    if (typeof value !== "string") return;
    if (type === "cardNumber" || type === "cardExpiry" || type === "cardCvc") this.siblings[type] = value;
    if (type === "cardNumber" && this.type === "cardCvc") this.field.value = this.field.value;
  }

  state(): Json {
    const { mentioned, problem, value } = this.field;
    return {
      elementType: this.type,
      empty: value === "",
      complete: problem === null,
      error: mentioned === null ? undefined : { type: "validation_error", ...mentioned },
      value: undefined,
      ...(this.type === "cardNumber" ? { brand: typedBrand(value) } : {}),
    };
  }

  validate(): Problem | null {
    const found = revealAll([this.field]);
    this.host.changed();
    return found;
  }

  paymentMethod(): Parameters | null {
    if (this.type === "cardCvc") return { cvc: this.field.value };
    if (this.type !== "cardNumber") return null;
    const { cardExpiry, cardCvc } = this.siblings;
    return { type: "card", card: cardParameters(this.field.value, cardExpiry, cardCvc) };
  }

  focus(): void {
    this.field.control.focus();
  }

  clear(): void {
    this.field.clear();
    this.afterChange();
  }
}
