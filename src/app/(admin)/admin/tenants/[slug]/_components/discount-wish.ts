/** What is typed into the form of a discount, and the wish it stands for. Pure. */
import type { SubscriptionWish } from "@/billing/subscriptions/model";
import { discountWishSchema } from "@/billing/subscriptions/model-promotions";

/** The form of a discount that is given. */
export interface DiscountForm {
  name: string;
  kind: "percent" | "amount";
  value: string;
  duration: "once" | "repeating" | "forever";
  months: string;
}

/** An empty form. */
export const EMPTY_DISCOUNT: DiscountForm = {
  ...{ name: "", kind: "percent", value: "", duration: "once", months: "3" },
};

/** How long a discount may last, in words. */
export const DURATIONS: ReadonlyArray<{ value: DiscountForm["duration"]; text: string }> = [
  { value: "once", text: "The next invoice" },
  { value: "repeating", text: "Some months" },
  { value: "forever", text: "As long as the plan lives" },
];

/** The wish of a filled form; null while something is missing or is no number. */
export function givingWish(form: DiscountForm): SubscriptionWish | null {
  const value = form.value.trim();
  const off = form.kind === "percent" ? { kind: "percent", percent: value } : { kind: "amount", amount: value };
  const duration =
    form.duration === "repeating" ? { kind: "repeating", months: Number(form.months) } : { kind: form.duration };
  const wish = discountWishSchema.safeParse({ verb: "discount", give: { name: form.name, off, duration } });
  return wish.success ? wish.data : null;
}

/** The wish that takes a discount off. */
export function takingWish(stripeDiscountId: string): SubscriptionWish {
  return { verb: "discount", give: null, take: stripeDiscountId };
}
