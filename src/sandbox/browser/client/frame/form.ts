/** What every element's form can do; frame/main.ts drives it from the page's messages. */
import type { Problem } from "../card/problems";
import type { FrameConfig, Json, Parameters } from "../shared/protocol";

/** The form of one element. */
export interface Form {
  readonly root: HTMLElement;
  /** Takes new options, appearance aside, and keeps what was typed. */
  configure(config: FrameConfig): void;
  /** The body of a change event. */
  state(): Json;
  /** Mentions every problem and returns the first. */
  validate(): Problem | null;
  /** The typed data as API parameters of a payment method; null when this form holds none. */
  paymentMethod(): Parameters | null;
  /** Focuses what needs attention first. */
  focus(): void;
  clear(): void;
  /** Folds the choice of payment methods, where there is one. */
  collapse?(): void;
}

/** How a form reports to the page. */
export interface FormHost {
  /** The brand of the typed number, or that it is no longer known. */
  brandKnown(brand: string | null): void;
  changed(): void;
  focused(): void;
  blurred(): void;
  escaped(): void;
  entered(): void;
}

/** Mentions the problems of all fields; returns the first in reading order. */
export function revealAll(fields: ReadonlyArray<{ reveal(): Problem | null }>): Problem | null {
  const found = fields.map((field) => field.reveal());
  return found.find((one) => one !== null) ?? null;
}

/** Moves focus to the first field that needs it, or to the first there is. */
export function focusFirst(
  fields: ReadonlyArray<{ readonly problem: Problem | null; readonly isHidden: boolean; control: HTMLElement }>,
): void {
  const shown = fields.filter(({ isHidden }) => !isHidden);
  (shown.find(({ problem }) => problem !== null) ?? shown[0])?.control.focus();
}
