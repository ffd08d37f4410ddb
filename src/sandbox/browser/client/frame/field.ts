/**
 * One labelled input of a frame: formatting while typing, when to mention a problem, and how assistive technology hears
 * of it.
 *
 * A definite problem shows as soon as it is known, an unfinished value only when the person leaves the field or submits:
 * being told off in the middle of a number helps nobody.
 */
import { isUnfinished, type Problem } from "../card/problems";
import { el, setAttribute } from "./dom";

/** What makes a field: its words, what browsers may fill in, how its text is formatted and judged. */
export interface FieldSetup {
  name: string;
  label: string;
  autocomplete: string;
  inputMode?: "numeric" | "text" | "tel" | "email";
  placeholder?: string;
  /** Makes the field a list of choices. */
  choices?: ReadonlyArray<{ value: string; label: string }>;
  format?: (text: string, isDeleting: boolean) => string;
  problem: (text: string) => Problem | null;
  /** Only for screen readers; the single-line card has no room for labels. */
  isLabelHidden?: boolean;
  /** The problem is read out but not shown, because the page shows it. */
  isErrorHidden?: boolean;
}

/** Hears what happens in a field. */
export interface FieldListener {
  changed(): void;
  focused(): void;
  blurred(): void;
  escaped(): void;
  entered(): void;
}

let created = 0;

/** A label, an input or list, and a place for the problem. */
export class Field {
  readonly root: HTMLDivElement;
  readonly control: HTMLInputElement | HTMLSelectElement;
  private readonly labelNode: HTMLLabelElement;
  private readonly errorNode: HTMLParagraphElement;
  /** A place inside the input's box for icons. */
  readonly adornment: HTMLSpanElement;
  private mentionsUnfinished = false;
  private lastShown = "";

  constructor(
    private readonly setup: FieldSetup,
    private readonly listener: FieldListener,
  ) {
    created += 1;
    const id = `field-${setup.name}-${created}`;
    this.labelNode = el("label", { class: "Label", for: id }, setup.label);
    this.errorNode = el("p", { class: "Error", id: `${id}-error`, role: "alert", hidden: true });
    if (setup.isErrorHidden === true) this.errorNode.classList.add("is-unseen");
    if (setup.isLabelHidden === true) this.labelNode.classList.add("is-unseen");
    this.adornment = el("span", { class: "Adornment" });
    this.control = this.buildControl(id);
    const box = el("div", { class: "Box" }, this.control, this.labelNode, this.adornment);
    this.root = el("div", { class: "Field", "data-field": setup.name }, box, this.errorNode);
    this.listen();
  }

  private buildControl(id: string): HTMLInputElement | HTMLSelectElement {
    const { setup } = this;
    const shared = { id, name: setup.name, class: "Input", autocomplete: setup.autocomplete, "aria-invalid": "false" };
    if (setup.choices !== undefined) {
      const select = el("select", { ...shared, class: "Input Select" });
      this.fill(select, setup.choices);
      return select;
    }
    return el("input", {
      ...shared,
      class: "Input Input--empty",
      type: setup.inputMode === "tel" || setup.inputMode === "email" ? setup.inputMode : "text",
      inputmode: setup.inputMode ?? "text",
      placeholder: setup.placeholder ?? " ",
      autocorrect: "off",
      autocapitalize: "none",
      spellcheck: "false",
      "aria-required": "true",
    });
  }

  private fill(select: HTMLSelectElement, choices: ReadonlyArray<{ value: string; label: string }>): void {
    select.replaceChildren(...choices.map(({ value, label }) => el("option", { value }, label)));
  }

  private listen(): void {
    const { control } = this;
    control.addEventListener("input", (event) => {
      if (control instanceof HTMLInputElement) {
        const kind = event instanceof InputEvent ? event.inputType : "";
        this.reformat(control, kind.startsWith("delete"));
      }
      this.mentionsUnfinished = false;
      this.show();
      this.listener.changed();
    });
    control.addEventListener("focus", () => {
      this.root.classList.add("has-focus");
      this.listener.focused();
    });
    control.addEventListener("blur", () => {
      this.root.classList.remove("has-focus");
      this.mentionsUnfinished ||= this.value.trim() !== "";
      this.show();
      this.listener.blurred();
    });
    control.addEventListener("keydown", (event) => {
      if (!(event instanceof KeyboardEvent)) return;
      if (event.key === "Escape") this.listener.escaped();
      if (event.key === "Enter" && control instanceof HTMLInputElement) this.listener.entered();
    });
  }

  /** Formats in place and keeps the caret behind the same digit or letter. */
  private reformat(input: HTMLInputElement, isDeleting: boolean): void {
    if (this.setup.format === undefined) return;
    const caret = input.selectionStart ?? input.value.length;
    const isAtEnd = caret >= input.value.length;
    const before = input.value.slice(0, caret).replace(/[^\da-z]/gi, "").length;
    const shown = this.setup.format(input.value, isDeleting);
    if (shown === input.value) return;
    input.value = shown;
    let place = shown.length;
    if (!isAtEnd) {
      let passed = 0;
      place = 0;
      while (place < shown.length && passed < before) {
        if (/[\da-z]/i.test(shown[place] ?? "")) passed += 1;
        place += 1;
      }
    }
    if (document.activeElement === input) input.setSelectionRange(place, place);
  }

  get value(): string {
    return this.control.value;
  }

  /** Sets the value without telling the listener. */
  set value(next: string) {
    this.control.value = this.setup.format?.(next, false) ?? next;
    this.show();
  }

  get name(): string {
    return this.setup.name;
  }

  get isHidden(): boolean {
    return this.root.hasAttribute("hidden");
  }

  get problem(): Problem | null {
    return this.isHidden ? null : this.setup.problem(this.value);
  }

  /** The problem people are told of now. */
  get mentioned(): Problem | null {
    const { problem } = this;
    if (problem === null || (isUnfinished(problem) && !this.mentionsUnfinished)) return null;
    return problem;
  }

  /** From now on even an unfinished value is a problem, as on submit. */
  reveal(): Problem | null {
    this.mentionsUnfinished = true;
    this.show();
    return this.problem;
  }

  clear(): void {
    this.mentionsUnfinished = false;
    this.value = "";
  }

  /** Whether the caret stands behind the last character. */
  get isCaretAtEnd(): boolean {
    return this.control instanceof HTMLInputElement && this.control.selectionStart === this.value.length;
  }

  set label(next: string) {
    if (this.labelNode.textContent !== next) this.labelNode.textContent = next;
  }

  set placeholder(next: string) {
    setAttribute(this.control, "placeholder", next === "" ? " " : next);
  }

  set isRequired(next: boolean) {
    setAttribute(this.control, "aria-required", next ? "true" : undefined);
  }

  /** Other choices for a list; the value is kept when it is still among them. */
  offer(choices: ReadonlyArray<{ value: string; label: string }>): void {
    if (!(this.control instanceof HTMLSelectElement)) return;
    const kept = this.control.value;
    this.fill(this.control, choices);
    this.control.value = choices.some(({ value }) => value === kept) ? kept : (choices[0]?.value ?? "");
  }

  /** Draws the present state. */
  show(): void {
    const mentioned = this.mentioned;
    this.root.classList.toggle("is-invalid", mentioned !== null);
    this.root.classList.toggle("is-filled", this.value !== "");
    this.control.classList.toggle("Input--invalid", mentioned !== null);
    this.control.classList.toggle("Input--empty", this.value === "");
    this.labelNode.classList.toggle("Label--invalid", mentioned !== null);
    this.control.setAttribute("aria-invalid", mentioned === null ? "false" : "true");
    setAttribute(this.control, "aria-describedby", mentioned === null ? undefined : this.errorNode.id);
    this.errorNode.hidden = mentioned === null;
    const message = mentioned?.message ?? "";
    if (message !== this.lastShown) this.errorNode.textContent = message;
    this.lastShown = message;
  }
}
