/** The form of the iban element: one line, dressed by the page, whose box it stands in. */
import { ibanCharacters, ibanCountry } from "../bank/iban";
import type { Problem } from "../card/problems";
import { type FrameConfig, type Json, type Parameters, text } from "../shared/protocol";
import { ibanField } from "./bank-panels";
import { el } from "./dom";
import type { Field } from "./field";
import { type Form, type FormHost, revealAll } from "./form";

/** Beginnings of IBANs for people who look for their own. */
const examples: Record<string, string> = {
  AT: "AT00 0000 0000 0000 0000",
  DE: "DE00 0000 0000 0000 0000 00",
  ES: "ES00 0000 0000 0000 0000 0000",
  FR: "FR00 0000 0000 0000 0000 0000 000",
  NL: "NL00 AAAA 0000 0000 00",
};

/** The iban element's form. */
export class IbanForm implements Form {
  readonly root: HTMLElement;
  private readonly field: Field;

  constructor(private readonly host: FormHost) {
    this.field = ibanField(host, { isLabelHidden: true, isErrorHidden: true });
    this.root = el("div", { class: "Form LineForm SplitForm" }, this.field.root);
  }

  configure({ options }: FrameConfig): void {
    this.field.placeholder = examples[text(options, "placeholderCountry")] ?? examples.DE ?? "";
    this.field.control.toggleAttribute("disabled", options.disabled === true);
  }

  state(): Json {
    const { mentioned, problem, value } = this.field;
    const country = ibanCountry(value);
    return {
      elementType: "iban",
      empty: value === "",
      complete: problem === null,
      error: mentioned === null ? undefined : { type: "validation_error", ...mentioned },
      country,
      bankName: problem === null ? "STRIPE TEST BANK" : "",
    };
  }

  validate(): Problem | null {
    const found = revealAll([this.field]);
    this.host.changed();
    return found;
  }

  paymentMethod(): Parameters {
    return { type: "sepa_debit", sepa_debit: { iban: ibanCharacters(this.field.value) } };
  }

  focus(): void {
    this.field.control.focus();
  }

  clear(): void {
    this.field.clear();
    this.host.changed();
  }
}
