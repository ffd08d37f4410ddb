/** What every element's form can do; frame/main.ts drives it from the page's messages. */
import type { Problem } from "../card/problems";
import type { FrameConfig, Json, Parameters } from "../shared/protocol";

export interface Form {
  readonly root: HTMLElement;
  /** Takes new options, appearance aside, and keeps what was typed. */
  configure(config: FrameConfig): void;
  /** The body of a change event. */
  state(): Json;
  /** Mentions every problem, moves focus to the first, and returns it. */
  validate(): Problem | null;
  /** The typed data as API parameters of a payment method; null when this form holds none. */
  paymentMethod(): Parameters | null;
  focus(): void;
  clear(): void;
}

/** How a form reports to the page. */
export interface FormHost {
  changed(): void;
  focused(): void;
  blurred(): void;
  escaped(): void;
  entered(): void;
}

/** Reveals all problems of fields in reading order, focuses the first one with a problem and returns what it is. */
export function revealAll(fields: ReadonlyArray<{ reveal(): Problem | null; control: HTMLElement }>): Problem | null {
  let first: Problem | null = null;
  for (const field of fields) {
    const found = field.reveal();
    if (found === null || first !== null) continue;
    first = found;
    field.control.focus();
  }
  return first;
}
