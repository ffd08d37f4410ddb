/**
 * The form of the payment element: one panel for each kind of payment method the intent offers, and the choice between
 * them.
 *
 * What the page hides with `fields.billingDetails` or asks for in an element of its own is not asked for twice.
 */
import { type Problem, problem } from "../card/problems";
import type { FrameConfig, Json, MethodType, Parameters } from "../shared/protocol";
import { SepaPanel, UsBankPanel } from "./bank-panels";
import { CardPanel } from "./card-panel";
import { el } from "./dom";
import { type Form, type FormHost, focusFirst, revealAll } from "./form";
import { type Layout, layoutOf, MethodChooser, watchWidth } from "./method-chooser";
import type { MethodPanel } from "./method-panel";

const makers: Record<MethodType, (host: FormHost) => MethodPanel> = {
  card: (host) => new CardPanel(host),
  us_bank_account: (host) => new UsBankPanel(host),
  sepa_debit: (host) => new SepaPanel(host),
};

/** The kinds in the order the page wishes; those it does not name come after. */
function inOrder(types: readonly MethodType[], wished: unknown): MethodType[] {
  const order = Array.isArray(wished) ? wished : [];
  const place = (type: MethodType) => (order.includes(type) ? order.indexOf(type) : order.length);
  return [...types].sort((one, other) => place(one) - place(other));
}

/** The payment element's form. */
export class PaymentForm implements Form {
  readonly root: HTMLElement;
  private readonly chooser: MethodChooser;
  private readonly panels = new Map<MethodType, MethodPanel>();
  private readonly failure = el("p", { class: "Error", role: "alert", hidden: true });
  private shown: MethodPanel[] = [];
  private selected: MethodType | null = null;
  private layout: Layout | null = null;
  private config: FrameConfig | null = null;

  constructor(private readonly host: FormHost) {
    this.chooser = new MethodChooser((type) => this.choose(type));
    this.root = el("div", { class: "Form PaymentForm" }, this.chooser.root, this.failure);
    watchWidth(() => {
      if (this.config !== null) this.configure(this.config);
    });
  }

  private choose(type: MethodType | null): void {
    this.selected = type;
    this.failure.hidden = true;
    if (this.layout !== null) this.chooser.arrange(this.shown, this.layout, type);
    this.host.changed();
  }

  private panelOf(type: MethodType): MethodPanel {
    const panel = this.panels.get(type) ?? makers[type](this.host);
    this.panels.set(type, panel);
    return panel;
  }

  private get panel(): MethodPanel | null {
    return this.selected === null ? null : this.panelOf(this.selected);
  }

  configure(config: FrameConfig): void {
    const isFirst = this.config === null;
    this.config = config;
    const offered = inOrder(config.session?.methodTypes ?? ["card"], config.options.paymentMethodOrder);
    this.shown = offered.map((type) => this.panelOf(type));
    this.layout = layoutOf(config.options.layout);
    const [first = null] = offered;
    if (isFirst) this.selected = this.layout.isCollapsed ? null : first;
    else if (this.selected !== null && !offered.includes(this.selected)) this.selected = first;
    for (const panel of this.shown) {
      panel.configure(config);
      for (const field of panel.fields) field.control.toggleAttribute("disabled", config.options.readOnly === true);
    }
    this.chooser.arrange(this.shown, this.layout, this.selected);
  }

  state(): Json {
    const { panel } = this;
    return {
      elementType: "payment",
      empty: panel === null || panel.typed.every(({ value }) => value === ""),
      complete: panel?.fields.every((field) => field.problem === null) ?? false,
      collapsed: panel === null,
      value: { type: panel?.type ?? "" },
    };
  }

  validate(): Problem | null {
    const { panel } = this;
    if (panel !== null) return revealAll(panel.fields);
    const found = problem("incomplete_payment_details");
    this.failure.textContent = found.message;
    this.failure.hidden = false;
    return found;
  }

  paymentMethod(): Parameters | null {
    return this.panel?.parameters() ?? null;
  }

  focus(): void {
    if (this.panel !== null) focusFirst(this.panel.fields);
    else this.root.querySelector("button")?.focus();
  }

  clear(): void {
    for (const panel of this.panels.values()) {
      for (const field of panel.fields) if (!["country", "holderType"].includes(field.name)) field.clear();
      if (this.config !== null) panel.configure(this.config);
    }
    this.host.changed();
  }

  /** Folds the accordion; tabs stay as they are. */
  collapse(): void {
    if (this.layout?.type === "accordion" && this.shown.length > 1) this.choose(null);
  }
}
