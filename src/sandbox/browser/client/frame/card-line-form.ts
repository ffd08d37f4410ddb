/** The form of the card element: number, expiration date, security code and postal code in a single line. */
import { postalProblem } from "../card/postal-code";
import type { Problem } from "../card/problems";
import { type FrameConfig, type Json, type Parameters, text } from "../shared/protocol";
import { brandMark } from "./brand-marks";
import { CardFields, lineLook } from "./card-fields";
import { el } from "./dom";
import { Field } from "./field";
import { type Form, type FormHost, focusFirst, revealAll } from "./form";

/** The card element's form; too narrow for one line, it takes two. */
export class CardLineForm implements Form {
  readonly root: HTMLElement;
  private readonly icon = el("span", { class: "LineIcon" });
  private readonly card: CardFields;
  private readonly postalCode: Field;
  private hasDefaults = false;

  constructor(private readonly host: FormHost) {
    this.card = new CardFields(lineLook, host, {
      showBrand: (brand) => this.icon.replaceChildren(brandMark(brand)),
      next: () => (this.postalCode.isHidden ? null : this.postalCode),
    });
    this.postalCode = new Field(
      {
        ...lineLook,
        name: "postalCode",
        label: "ZIP code",
        autocomplete: "billing postal-code",
        placeholder: "ZIP",
        problem: (typed) => postalProblem(typed, ""),
      },
      host,
    );
    const fields = this.fields().map(({ root }) => root);
    this.root = el("div", { class: "Form LineForm", role: "group", "aria-label": "Card" }, this.icon, ...fields);
    this.card.showBrand();
  }

  configure(config: FrameConfig): void {
    const { options } = config;
    this.postalCode.root.hidden = options.hidePostalCode === true;
    this.icon.hidden = options.hideIcon === true;
    for (const field of this.fields()) field.control.toggleAttribute("disabled", options.disabled === true);
    const postalCode = text(options.value, "postalCode");
    if (!this.hasDefaults && postalCode !== "") this.postalCode.value = postalCode;
    this.hasDefaults = true;
  }

  private fields(): Field[] {
    return [...this.card.all, this.postalCode];
  }

  state(): Json {
    const fields = this.fields();
    const mentioned = fields.map((field) => field.mentioned).find((found) => found !== null);
    return {
      elementType: "card",
      brand: this.card.brand,
      empty: fields.every(({ value }) => value === ""),
      complete: fields.every(({ problem }) => problem === null),
      error: mentioned === undefined || mentioned === null ? undefined : { type: "validation_error", ...mentioned },
      value: { postalCode: this.postalCode.value.trim() },
    };
  }

  validate(): Problem | null {
    const found = revealAll(this.fields());
    this.host.changed();
    return found;
  }

  paymentMethod(): Parameters {
    const postalCode = this.postalCode.value.trim();
    return {
      type: "card",
      card: this.card.parameters(),
      ...(this.postalCode.isHidden ? {} : { billing_details: { address: { postal_code: postalCode } } }),
    };
  }

  focus(): void {
    focusFirst(this.fields());
  }

  clear(): void {
    for (const field of this.fields()) field.clear();
    this.card.showBrand();
    this.host.changed();
  }
}
