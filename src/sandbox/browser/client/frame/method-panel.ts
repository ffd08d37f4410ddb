/** What the payment element asks of the form of one kind of payment method. */
import { type FrameConfig, type Json, type MethodType, type Parameters, part, text } from "../shared/protocol";
import type { Field } from "./field";

/** The form of one kind of payment method inside the payment element. */
export interface MethodPanel {
  readonly type: MethodType;
  readonly label: string;
  readonly root: HTMLElement;
  /** All fields in reading order, hidden ones too. */
  readonly fields: readonly Field[];
  /** The fields whose emptiness makes the form empty. */
  readonly typed: readonly Field[];
  configure(config: FrameConfig): void;
  /** The payment method as parameters of the API. */
  parameters(): Parameters;
}

/** Whether the page asks for a billing detail itself, and the form must not. */
export function isNever(config: FrameConfig, detail: "name" | "email" | "address"): boolean {
  const fields = part(config.options, "fields").billingDetails;
  return fields === "never" || part(config.options, "fields", "billingDetails")[detail] === "never";
}

/** Whether to show the words about what the holder agrees to: as the page wishes, otherwise where they are needed. */
export function showsTerms(config: FrameConfig, name: string, isNeeded: boolean): boolean {
  const wanted = text(part(config.options, "terms"), name) || "auto";
  return wanted === "always" || (wanted === "auto" && isNeeded);
}

/** Who charges, for sentences. */
export function businessName(config: FrameConfig): string {
  return text(part(config.options, "business"), "name") || "this business";
}

/** Billing details the page knows already. */
export function defaultDetails(config: FrameConfig): Json {
  return part(config.options, "defaultValues", "billingDetails");
}
