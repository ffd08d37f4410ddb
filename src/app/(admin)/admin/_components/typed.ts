/** Reading what was typed into the console's forms. Nothing is cut off unseen: what is too long is said to be so. */

/** A number that is typed as an amount or a percentage. */
export const AMOUNT = /^\d{1,9}(\.\d{1,4})?$/;

const REASON_MOST = 500;

/** Whether a whole number from 1 to the most was typed. */
export function isCount(text: string, most: number): boolean {
  const count = Number(text);
  return Number.isSafeInteger(count) && count > 0 && count <= most;
}

/** What is wrong with a text that has to be there, null when nothing is; `missing` is said of an empty one. */
export function textError(text: string, missing: string, most: number): string | null {
  const { length } = text.trim();
  if (length === 0) return missing;
  return length > most ? `At most ${most} characters; this has ${length}.` : null;
}

/** What is wrong with a reason, null when nothing is. */
export function reasonError(text: string, missing: string): string | null {
  return textError(text, missing, REASON_MOST);
}

/** Leads to the first field that is wrong, once the form says which. */
export function focusFirstError(form: HTMLElement | null): void {
  requestAnimationFrame(() => form?.querySelector<HTMLElement>("[aria-invalid=true]")?.focus());
}
