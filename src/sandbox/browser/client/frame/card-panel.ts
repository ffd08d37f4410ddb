/** The card form of the payment element: the card, and of its billing address as much as helps the bank. */
import type { CardBrand } from "../card/brands";
import { cardNeedsPostalCode, postalLabel, postalProblem } from "../card/postal-code";
import { type FrameConfig, type Parameters, part, text } from "../shared/protocol";
import { brandMark } from "./brand-marks";
import { CardFields, listening, stackedLook } from "./card-fields";
import { drawing, el } from "./dom";
import { Field } from "./field";
import type { FormHost } from "./form";
import { businessName, defaultDetails, isNever, type MethodPanel, showsTerms } from "./method-panel";
import { countryChoices, likelyCountry } from "./places";

const cvcHint =
  '<svg viewBox="0 0 26 18" width="26" height="18"><rect x=".75" y=".75" width="24.5" height="16.5" rx="2.75" fill="none" stroke="currentColor" stroke-opacity=".55" stroke-width="1.5"/><path d="M1 5.5h24" stroke="currentColor" stroke-opacity=".55" stroke-width="2.5"/><rect x="13" y="9.5" width="9" height="4.5" rx="1" fill="currentColor" fill-opacity=".7"/></svg>';

/** The form for cards. */
export class CardPanel implements MethodPanel {
  readonly type = "card";
  readonly label = "Card";
  readonly root: HTMLElement;
  private readonly card: CardFields;
  private readonly country: Field;
  private readonly postalCode: Field;
  private readonly terms = el("p", { class: "TermsText", hidden: true });
  private hasDefaults = false;
  private isPostalCodeHidden = false;

  constructor(private readonly host: FormHost) {
    this.card = new CardFields(stackedLook, host, { showBrand: (brand) => this.showBrand(brand), next: () => null });
    this.card.cvc.adornment.append(drawing(cvcHint, null));
    this.country = new Field(
      {
        name: "country",
        label: "Country or region",
        autocomplete: "billing country",
        choices: countryChoices(),
        problem: () => null,
      },
      listening(host, () => this.showPostalCode()),
    );
    this.country.control.value = likelyCountry();
    this.postalCode = new Field(
      {
        name: "postalCode",
        label: "ZIP code",
        autocomplete: "billing postal-code",
        problem: (typed) => postalProblem(typed, this.country.value),
      },
      host,
    );
    const { number, expiry, cvc } = this.card;
    const card = el("div", { class: "Grid" }, number.root, expiry.root, cvc.root);
    const address = el("div", { class: "Grid" }, this.country.root, this.postalCode.root);
    this.root = el("div", { class: "MethodForm" }, card, address, this.terms);
    this.card.showBrand();
    this.showPostalCode();
  }

  get fields(): Field[] {
    return [...this.card.all, this.country, this.postalCode];
  }

  get typed(): Field[] {
    return this.card.all;
  }

  /** Until the brand is known, the brands people mostly have; then the one. */
  private showBrand(brand: CardBrand): void {
    const known = brand === "unknown" ? (["visa", "mastercard", "amex"] as const) : [brand];
    this.card.number.adornment.replaceChildren(...known.map((each) => brandMark(each, brand === "unknown")));
    this.card.cvc.placeholder = brand === "amex" ? "4 digits" : "CVC";
    this.host.brandKnown(brand === "unknown" ? null : brand);
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
    const address = part(config.options, "fields", "billingDetails").address;
    this.country.root.hidden =
      isNever(config, "address") || config.isAddressElsewhere || part(address).country === "never";
    this.isPostalCodeHidden = part(address).postalCode === "never";
    if (!this.hasDefaults) {
      this.hasDefaults = true;
      const defaults = part(defaultDetails(config), "address");
      const country = text(defaults, "country");
      if (country !== "") this.country.control.value = country;
      if (text(defaults, "postal_code") !== "") this.postalCode.value = text(defaults, "postal_code");
    }
    this.card.showBrand();
    this.showPostalCode();
    this.terms.hidden = !showsTerms(config, "card", config.session?.isSaved === true);
    this.terms.textContent = `You allow ${businessName(config)} to charge this card for future payments in line with its terms.`;
  }

  parameters(): Parameters {
    const address: Parameters = {};
    if (!this.country.isHidden) address.country = this.country.value;
    if (!this.postalCode.isHidden) address.postal_code = this.postalCode.value.trim();
    return {
      type: "card",
      card: this.card.parameters(),
      ...(Object.keys(address).length > 0 ? { billing_details: { address } } : {}),
    };
  }
}
