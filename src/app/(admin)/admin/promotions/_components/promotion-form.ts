/** The form of a new code: what was typed, what is wrong with it, and what it promises in a sentence. */
import type { z } from "zod";
import type { createPromotionSchema } from "@/billing/subscriptions/model-promotions";
import { dateText } from "@/ui/date-text";
import { quantityText, unitPriceText } from "@/ui/money";
import { AMOUNT, isCount, reasonError } from "../../_components/typed";
import { durationOf, EMPTY_WORTH, offOf, type Worth, worthErrors } from "../../_components/worth";

/** As it stands in the fields. */
export interface PromotionForm extends Worth {
  code: string;
  maxRedemptions: string;
  lastDay: string;
  minimumAmount: string;
  firstOrderOnly: boolean;
  onlyTenant: string;
  onlyPlans: string[];
  reason: string;
}

/** An empty form. */
export const EMPTY_FORM: PromotionForm = {
  ...{ ...EMPTY_WORTH, code: "", maxRedemptions: "" },
  ...{ lastDay: "", minimumAmount: "", firstOrderOnly: false, onlyTenant: "", onlyPlans: [], reason: "" },
};

/** What is wrong, by field. */
export type FormErrors = Partial<Record<keyof PromotionForm, string>>;

/** Reads what was typed. */
export function errorsOf(form: PromotionForm): FormErrors {
  const errors: FormErrors = worthErrors(form);
  if (!/^[A-Za-z0-9_-]{2,50}$/.test(form.code.trim())) errors.code = "2 to 50 letters, digits, dashes and underscores.";
  if (form.maxRedemptions && !isCount(form.maxRedemptions, 1_000_000))
    errors.maxRedemptions = "A whole number, or empty.";
  if (form.minimumAmount && !AMOUNT.test(form.minimumAmount)) errors.minimumAmount = "An amount such as 100, or empty.";
  const ofReason = reasonError(form.reason, "Say why: it is kept in the log.");
  if (ofReason !== null) errors.reason = ofReason;
  return errors;
}

/** The input of the procedure, for a form without errors. */
export function inputOf(form: PromotionForm, requestId: string): z.input<typeof createPromotionSchema> {
  return {
    ...{ requestId, code: form.code, name: form.name, reason: form.reason },
    off: offOf(form),
    duration: durationOf(form),
    maxRedemptions: form.maxRedemptions === "" ? null : Number(form.maxRedemptions),
    expiresAt: form.lastDay === "" ? null : endOfDay(form.lastDay),
    minimumAmount: form.minimumAmount || null,
    firstOrderOnly: form.firstOrderOnly,
    onlyTenant: form.onlyTenant.trim() || null,
    onlyPlans: form.onlyPlans,
  };
}

/** The first moment after a day in UTC: the day itself still belongs to the code. */
function endOfDay(day: string): Date {
  return new Date(new Date(`${day}T00:00:00Z`).getTime() + 86_400_000);
}

/** What the code promises, to be read before it is made. */
export function promiseText(form: PromotionForm, currency: string, planNames: string[]): string {
  const money = (text: string) => unitPriceText(text.trim(), currency);
  const off = form.kind === "percent" ? `${form.value.trim()}%` : money(form.value);
  const length = {
    once: "off the first invoice",
    repeating: `off every invoice for ${form.months} ${form.months === "1" ? "month" : "months"}`,
    forever: "off every invoice, without an end",
  }[form.duration];
  const whom = form.onlyTenant.trim() === "" ? "anybody" : `only ${form.onlyTenant.trim()}`;
  const parts = [
    `${form.code.trim().toUpperCase()} takes ${off} ${length}`,
    planNames.length > 0 && `on ${planNames.join(", ")}`,
    `for ${whom}${form.firstOrderOnly ? " who has paid nothing yet" : ""}`,
    form.minimumAmount && `for orders from ${money(form.minimumAmount)}`,
    form.maxRedemptions && `at most ${quantityText(form.maxRedemptions)} times`,
    form.lastDay && `until the end of ${dateText(new Date(`${form.lastDay}T00:00:00Z`))} UTC`,
  ];
  return `${parts.filter((part) => typeof part === "string" && part !== "").join(", ")}.`;
}
