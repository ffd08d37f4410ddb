/**
 * How the payment element lets people choose between kinds of payment method: tabs in a row, or an accordion.
 *
 * It owns the arrangement and the choice, never what is typed: panels are moved as they are, so a change of layout loses
 * nothing.
 */
import { isJson, type Json, type MethodType } from "../shared/protocol";
import { methodMark } from "./brand-marks";
import { el, setAttribute } from "./dom";
import type { MethodPanel } from "./method-panel";

/** The page's `layout` option, resolved. */
export interface Layout {
  type: "tabs" | "accordion";
  isCollapsed: boolean;
  hasRadios: boolean;
  isSpaced: boolean;
}

const narrow = window.matchMedia("(max-width: 379px)");

/** Reads the `layout` option: a name, or an object around it. "auto" is tabs where there is room. */
export function layoutOf(option: unknown): Layout {
  const given: Json = isJson(option) ? option : { type: option };
  const wanted =
    given.type === "accordion" || given.type === "tabs" ? given.type : narrow.matches ? "accordion" : "tabs";
  return {
    type: wanted,
    isCollapsed: wanted === "accordion" && given.defaultCollapsed === true,
    hasRadios: given.radios !== false && given.radios !== "never",
    isSpaced: given.spacedAccordionItems === true,
  };
}

/** Calls back when the frame becomes narrow or wide enough for the other layout. */
export function watchWidth(changed: () => void): void {
  narrow.addEventListener("change", changed);
}

/** The choice between panels. */
export class MethodChooser {
  readonly root = el("div", { class: "Chooser" });
  private panels: readonly MethodPanel[] = [];
  private shape = "";
  private readonly handles = new Map<
    MethodType,
    { button: HTMLButtonElement; panel: HTMLElement; item: HTMLElement }
  >();

  constructor(private readonly chosen: (type: MethodType | null) => void) {}

  /** Arranges the panels; does nothing when nothing changed. */
  arrange(panels: readonly MethodPanel[], layout: Layout, selected: MethodType | null): void {
    const shape = JSON.stringify([panels.map(({ type }) => type), layout]);
    if (shape !== this.shape) {
      this.shape = shape;
      this.panels = panels;
      this.handles.clear();
      const [only] = panels;
      if (only !== undefined && panels.length === 1 && !layout.isCollapsed) this.root.replaceChildren(only.root);
      else this.root.replaceChildren(...(layout.type === "tabs" ? this.tabs() : this.accordion(layout)));
    }
    this.show(selected);
  }

  private tabs(): HTMLElement[] {
    const list = el("div", { class: "TabList", role: "tablist", "aria-label": "Payment method" });
    const bodies = this.panels.map((panel, place) => {
      const id = `method-${panel.type}`;
      const button = el(
        "button",
        { type: "button", class: "Tab", role: "tab", id, "aria-controls": `${id}-panel` },
        methodMark(panel.type, "TabIcon"),
        el("span", { class: "TabLabel" }, panel.label),
      );
      button.addEventListener("click", () => this.chosen(panel.type));
      button.addEventListener("keydown", (event) => this.walk(event, place));
      list.append(button);
      const body = el(
        "div",
        { class: "TabPanel", role: "tabpanel", id: `${id}-panel`, "aria-labelledby": id },
        panel.root,
      );
      this.handles.set(panel.type, { button, panel: body, item: button });
      return body;
    });
    return [list, ...bodies];
  }

  /** Arrow keys go from tab to tab and choose, as in every tab list. */
  private walk(event: KeyboardEvent, place: number): void {
    const last = this.panels.length - 1;
    const targets: Record<string, number> = {
      ArrowRight: place === last ? 0 : place + 1,
      ArrowLeft: place === 0 ? last : place - 1,
      Home: 0,
      End: last,
    };
    const target = this.panels[targets[event.key] ?? -1];
    if (target === undefined) return;
    event.preventDefault();
    this.chosen(target.type);
    this.handles.get(target.type)?.button.focus();
  }

  private accordion(layout: Layout): HTMLElement[] {
    const list = el("div", { class: `Accordion${layout.isSpaced ? " Accordion--spaced" : ""}` });
    for (const panel of this.panels) {
      const id = `method-${panel.type}`;
      const button = el(
        "button",
        { type: "button", class: "AccordionButton", id, "aria-controls": `${id}-panel` },
        ...(layout.hasRadios ? [el("span", { class: "RadioIcon", "aria-hidden": "true" })] : []),
        methodMark(panel.type, "AccordionIcon"),
        el("span", { class: "AccordionLabel" }, panel.label),
      );
      button.addEventListener("click", () => this.chosen(panel.type));
      const body = el(
        "div",
        { class: "AccordionPanel", role: "region", id: `${id}-panel`, "aria-labelledby": id },
        panel.root,
      );
      const item = el("div", { class: "AccordionItem" }, button, body);
      this.handles.set(panel.type, { button, panel: body, item });
      list.append(item);
    }
    return [list];
  }

  private show(selected: MethodType | null): void {
    for (const [type, { button, panel, item }] of this.handles) {
      const isSelected = type === selected;
      const isTab = button.classList.contains("Tab");
      panel.hidden = !isSelected;
      item.classList.toggle(isTab ? "Tab--selected" : "AccordionItem--selected", isSelected);
      setAttribute(button, isTab ? "aria-selected" : "aria-expanded", String(isSelected));
      if (isTab) button.tabIndex = isSelected ? 0 : -1;
    }
  }
}
