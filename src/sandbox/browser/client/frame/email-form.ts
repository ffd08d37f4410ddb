/** The form of the linkAuthentication element: an e-mail address. There is no Link behind it to log in to. */
import type { Problem } from "../card/problems";
import { type FrameConfig, type Json, part, text } from "../shared/protocol";
import { emailField } from "./bank-panels";
import { el } from "./dom";
import type { Field } from "./field";
import { type Form, type FormHost, revealAll } from "./form";

/** The linkAuthentication element's form. */
export class EmailForm implements Form {
  readonly root: HTMLElement;
  private readonly field: Field;
  private hasDefaults = false;

  constructor(private readonly host: FormHost) {
    this.field = emailField(host);
    this.root = el("div", { class: "Form Grid" }, this.field.root);
  }

  configure({ options }: FrameConfig): void {
    if (this.hasDefaults) return;
    this.hasDefaults = true;
    const email = text(part(options, "defaultValues"), "email");
    if (email !== "") this.field.value = email;
  }

  state(): Json {
    const { problem, value } = this.field;
    const email = value.trim();
    return { elementType: "linkAuthentication", empty: email === "", complete: problem === null, value: { email } };
  }

  validate(): Problem | null {
    return revealAll([this.field]);
  }

  paymentMethod(): null {
    return null;
  }

  focus(): void {
    this.field.control.focus();
  }

  clear(): void {
    this.field.clear();
    this.host.changed();
  }
}
