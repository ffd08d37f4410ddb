/**
 * The form of the payment element: a card, and of its billing address as much as helps the bank.
 *
 * It offers cards only. What the page hides with `fields.billingDetails` or asks for in an address element is not asked
 * for twice.
 */
import { cardNeedsPostalCode, postalLabel, postalProblem } from "../card/postal-code";
import type { Problem } from "../card/problems";
import { type FrameConfig, type Json, type Parameters, part, text } from "../shared/protocol";
import { brandMark } from "./brand-marks";
import {
  cardParameters,
  cvcField,
  expiryField,
  handOn,
  isLongestNumber,
  numberField,
  stackedLook,
  typedBrand,
} from "./card-fields";
import { drawing, el } from "./dom";
import { Field, type FieldListener } from "./field";
import { type Form, type FormHost, focusFirst, revealAll } from "./form";
import { countryChoices, likelyCountry } from "./places";

const cvcHint =
  '<svg viewBox="0 0 26 18" width="26" height="18"><rect x=".75" y=".75" width="24.5" height="16.5" rx="2.75" fill="none" stroke="currentColor" stroke-opacity=".55" stroke-width="1.5"/><path d="M1 5.5h24" stroke="currentColor" stroke-opacity=".55" stroke-width="2.5"/><rect x="13" y="9.5" width="9" height="4.5" rx="1" fill="currentColor" fill-opacity=".7"/></svg>';

/** The payment element's form. */
export class PaymentForm implements Form {
  readonly root: HTMLElement;
  private readonly number: Field;
  private readonly expiry: Field;
  private readonly cvc: Field;
  private readonly country: Field;
  private readonly postalCode: Field;
  private readonly terms = el("p", { class: "TermsText", hidden: true });
  private shownBrand = "";
  private hasDefaults = false;
  private isPostalCodeHidden = false;

  constructor(private readonly host: FormHost) {
    this.number = numberField(
      stackedLook,
      this.listener(() => this.afterNumber()),
    );
    this.expiry = expiryField(
      stackedLook,
      this.listener(() => handOn(this.expiry, this.cvc)),
    );
    this.cvc = cvcField(stackedLook, this.listener(), () => typedBrand(this.number.value));
    this.cvc.adornment.append(drawing(cvcHint, null));
    this.country = new Field(
      {
        name: "country",
        label: "Country or region",
        autocomplete: "billing country",
        choices: countryChoices(),
        problem: () => null,
      },
      this.listener(() => this.showPostalCode()),
    );
    this.country.control.value = likelyCountry();
    this.postalCode = new Field(
      {
        name: "postalCode",
        label: "ZIP code",
        autocomplete: "billing postal-code",
        problem: (typed) => postalProblem(typed, this.country.value),
      },
      this.listener(),
    );
    const card = el("div", { class: "Grid" }, this.number.root, this.expiry.root, this.cvc.root);
    const address = el("div", { class: "Grid" }, this.country.root, this.postalCode.root);
    this.root = el("div", { class: "Form PaymentForm" }, card, address, this.terms);
    this.showBrand();
    this.showPostalCode();
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
    this.showBrand();
    this.cvc.value = this.cvc.value;
    if (isLongestNumber(this.number.value)) handOn(this.number, this.expiry);
  }

  /** Until the brand is known, the brands people mostly have; then the one. */
  private showBrand(): void {
    const brand = typedBrand(this.number.value);
    if (brand === this.shownBrand) return;
    this.shownBrand = brand;
    const marks =
      brand === "unknown"
        ? (["visa", "mastercard", "amex"] as const).map((each) => brandMark(each, true))
        : [brandMark(brand)];
    this.number.adornment.replaceChildren(...marks);
    this.cvc.placeholder = brand === "amex" ? "4 digits" : "CVC";
  }

  private showPostalCode(): void {
    const country = this.country.value;
    const isAsked = !this.country.isHidden && cardNeedsPostalCode(country) && !this.isPostalCodeHidden;
    this.postalCode.root.hidden = !isAsked;
    this.postalCode.label = postalLabel(country);
    this.postalCode.placeholder = country === "US" ? "12345" : "";
    this.country.root.classList.toggle("is-alone", !isAsked);
    this.postalCode.show();
  }

  configure(config: FrameConfig): void {
    const fields = part(config.options, "fields").billingDetails;
    const address = part(config.options, "fields", "billingDetails").address;
    const isNever = fields === "never" || address === "never";
    this.country.root.hidden = isNever || config.isAddressElsewhere || part(address).country === "never";
    this.isPostalCodeHidden = part(address).postalCode === "never";
    if (!this.hasDefaults) {
      this.hasDefaults = true;
      const defaults = part(config.options, "defaultValues", "billingDetails", "address");
      const country = text(defaults, "country");
      if (country !== "") this.country.control.value = country;
      if (text(defaults, "postal_code") !== "") this.postalCode.value = text(defaults, "postal_code");
    }
    this.showPostalCode();
    for (const field of this.fields()) field.control.toggleAttribute("disabled", config.options.readOnly === true);
    this.showTerms(config);
  }

  private showTerms(config: FrameConfig): void {
    const wanted = text(part(config.options, "terms"), "card") || "auto";
    const isSaved = config.session?.isSaved === true;
    this.terms.hidden = wanted === "never" || (wanted === "auto" && !isSaved);
    const business = text(part(config.options, "business"), "name") || "this business";
    this.terms.textContent = `You allow ${business} to charge this card for future payments in line with its terms.`;
  }

  private fields(): Field[] {
    return [this.number, this.expiry, this.cvc, this.country, this.postalCode];
  }

  state(): Json {
    const typed = [this.number, this.expiry, this.cvc];
    return {
      elementType: "payment",
      empty: typed.every(({ value }) => value === ""),
      complete: this.fields().every(({ problem }) => problem === null),
      collapsed: false,
      value: { type: "card" },
    };
  }

  validate(): Problem | null {
    return revealAll(this.fields());
  }

  paymentMethod(): Parameters {
    const address: Parameters = {};
    if (!this.country.isHidden) address.country = this.country.value;
    if (!this.postalCode.isHidden) address.postal_code = this.postalCode.value.trim();
    return {
      type: "card",
      card: cardParameters(this.number.value, this.expiry.value, this.cvc.value),
      ...(Object.keys(address).length > 0 ? { billing_details: { address } } : {}),
    };
  }

  focus(): void {
    focusFirst(this.fields());
  }

  clear(): void {
    for (const field of [this.number, this.expiry, this.cvc, this.postalCode]) field.clear();
    this.showBrand();
    this.host.changed();
  }
}
