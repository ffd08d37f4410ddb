/** What is typed into the form of a discount, and the wish it stands for. Pure. */
import type { SubscriptionWish } from "@/billing/subscriptions/model";
import { discountWishSchema } from "@/billing/subscriptions/model-promotions";
import { durationOf, offOf, type Worth, worthErrors } from "../../../_components/worth";

/** The wish of a filled form; null while something is missing or is no number. */
export function givingWish(form: Worth): SubscriptionWish | null {
  if (Object.keys(worthErrors(form)).length > 0) return null;
  const give = { name: form.name, off: offOf(form), duration: durationOf(form) };
  const wish = discountWishSchema.safeParse({ verb: "discount", give });
  return wish.success ? wish.data : null;
}

/** The wish that takes a discount off. */
export function takingWish(stripeDiscountId: string): SubscriptionWish {
  return { verb: "discount", give: null, take: stripeDiscountId };
}
