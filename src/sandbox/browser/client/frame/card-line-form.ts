/** The form of the card element: number, expiration date, security code and postal code in a single line. */
import { postalProblem } from "../card/postal-code";
import type { Problem } from "../card/problems";
import { type FrameConfig, type Json, type Parameters, text } from "../shared/protocol";
import { brandMark } from "./brand-marks";
import {
  cardParameters,
  cvcField,
  expiryField,
  handOn,
  isLongestNumber,
  lineLook,
  numberField,
  typedBrand,
} from "./card-fields";
import { el } from "./dom";
import { Field, type FieldListener } from "./field";
import { type Form, type FormHost, focusFirst, revealAll } from "./form";

/** The card element's form; too narrow for one line, it takes two. */
export class CardLineForm implements Form {
  readonly root: HTMLElement;
  private readonly icon = el("span", { class: "LineIcon" });
  private readonly number: Field;
  private readonly expiry: Field;
  private readonly cvc: Field;
  private readonly postalCode: Field;
  private hasDefaults = false;

  constructor(private readonly host: FormHost) {
    this.number = numberField(
      lineLook,
      this.listener(() => this.afterNumber()),
    );
    this.expiry = expiryField(
      lineLook,
      this.listener(() => handOn(this.expiry, this.cvc)),
    );
    this.cvc = cvcField(
      lineLook,
      this.listener(() => this.afterCvc()),
      () => typedBrand(this.number.value),
    );
    this.postalCode = new Field(
      {
        ...lineLook,
        name: "postalCode",
        label: "ZIP code",
        autocomplete: "billing postal-code",
        placeholder: "ZIP",
        problem: (typed) => postalProblem(typed, ""),
      },
      this.listener(),
    );
    const fields = this.fields().map(({ root }) => root);
    this.root = el("div", { class: "Form LineForm", role: "group", "aria-label": "Card" }, this.icon, ...fields);
    this.showIcon();
  }

  private listener(after: () => void = () => undefined): FieldListener {
    return {
      ...this.host,
      changed: () => {
        after();
        this.host.changed();
      },
    };
  }

  private afterNumber(): void {
    this.showIcon();
    this.cvc.value = this.cvc.value;
    if (isLongestNumber(this.number.value)) handOn(this.number, this.expiry);
  }

  private afterCvc(): void {
    if (!this.postalCode.isHidden && typedBrand(this.number.value) !== "unknown") handOn(this.cvc, this.postalCode);
  }

  private showIcon(): void {
    this.icon.replaceChildren(brandMark(typedBrand(this.number.value)));
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
    return [this.number, this.expiry, this.cvc, this.postalCode];
  }

  state(): Json {
    const fields = this.fields();
    const mentioned = fields.map((field) => field.mentioned).find((found) => found !== null);
    return {
      elementType: "card",
      brand: typedBrand(this.number.value),
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
      card: cardParameters(this.number.value, this.expiry.value, this.cvc.value),
      ...(this.postalCode.isHidden ? {} : { billing_details: { address: { postal_code: postalCode } } }),
    };
  }

  focus(): void {
    focusFirst(this.fields());
  }

  clear(): void {
    for (const field of this.fields()) field.clear();
    this.showIcon();
    this.host.changed();
  }
}
