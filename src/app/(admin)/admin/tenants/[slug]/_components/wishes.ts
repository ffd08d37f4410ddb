/** What an operator can do to a tenant's subscription, and the wish that a filled form stands for. */
import type { CancelSettlement, CurrentPlan, Quote, SubscriptionWish } from "@/billing/subscriptions/model";

/** An entry of the actions. */
export type ActionKey =
  | "start"
  | "change"
  | "promotion"
  | "cancel"
  | "resume"
  | "cancel_scheduled"
  | "end_trial"
  | "pause"
  | "unpause";

/** A plan that can be chosen: one that is sold, the free one, or a contract of this tenant's. */
export interface PlanChoice {
  /** What the select sends: a plan's key, or the id of a contract's version. */
  value: string;
  planKey: string;
  /** The exact version of a contract; null: whichever is sold. */
  planVersionId: string | null;
  name: string;
  isFree: boolean;
  /** "$299.00 a month", null when not sold so. */
  monthly: string | null;
  annual: string | null;
  seats: { included: number; max: number | null } | null;
  trialDays: number | null;
}

type Timing = Extract<SubscriptionWish, { verb: "change" }>["timing"];

/** The form of the dialog; each action uses its part. */
export interface WishForm {
  plan: string;
  interval: "month" | "year";
  seats: string;
  promotionCode: string;
  trial: boolean;
  timing: Timing;
  when: "at_period_end" | "now";
  settlement: CancelSettlement;
}

/** Words of an action: the button that opens it and the dialog's title. */
export const ACTION_WORDS: Record<ActionKey, { button: string; title: string }> = {
  start: { button: "Start a plan", title: "Start a plan" },
  change: { button: "Change plan, interval or seats", title: "Change plan, interval or seats" },
  promotion: { button: "Apply a promotion code", title: "Apply a promotion code" },
  cancel: { button: "Cancel", title: "Cancel the subscription" },
  resume: { button: "Take the cancellation back", title: "Take the cancellation back" },
  cancel_scheduled: { button: "Take the scheduled change back", title: "Take the scheduled change back" },
  end_trial: { button: "End the trial", title: "End the trial now" },
  pause: { button: "Pause", title: "Pause the subscription" },
  unpause: { button: "Continue", title: "Continue after the pause" },
};

/** What makes sense as the tenant stands; the server decides again. */
export function actionsFor(current: CurrentPlan): ActionKey[] {
  const { subscription, pending } = current;
  if (subscription === null) return pending === null ? ["start"] : ["start", "cancel"];
  const actions: ActionKey[] = [];
  const isServing = subscription.status === "active" || subscription.status === "trialing";
  if (current.cancelAtPeriodEnd) actions.push("resume");
  if (current.scheduled !== null) actions.push("cancel_scheduled");
  if (subscription.status === "trialing") actions.push("end_trial");
  if (subscription.status === "paused") actions.push("unpause");
  if (isServing) actions.push("change", "promotion", "pause");
  return [...actions, "cancel"];
}

/** The wish of a filled form; null while something is missing. */
export function wishOf(
  action: ActionKey,
  form: WishForm,
  choice: PlanChoice | null,
): { wish: SubscriptionWish; planVersionId?: string } | null {
  const promotionCode = form.promotionCode.trim() || null;
  switch (action) {
    case "start":
    case "change": {
      const seats = seatsOf(form.seats);
      if (choice === null || seats === "wrong") return null;
      const { planKey, planVersionId, isFree } = choice;
      const exact = planVersionId === null ? {} : { planVersionId };
      const { interval, trial, timing } = form;
      if (action === "start") {
        return { wish: { verb: "start", planKey, interval, seats, promotionCode, trial }, ...exact };
      }
      return {
        wish: { verb: "change", planKey, interval: isFree ? null : interval, seats, promotionCode, timing },
        ...exact,
      };
    }
    case "promotion":
      if (promotionCode === null) return null;
      return { wish: { verb: "change", planKey: null, interval: null, seats: null, promotionCode, timing: "policy" } };
    case "cancel":
      return { wish: { verb: "cancel", when: form.when, settlement: form.settlement } };
    default:
      return { wish: { verb: action } };
  }
}

/** What is wrong with the seats that were typed, null when nothing is. */
export function seatsError(text: string): string | null {
  return seatsOf(text) === "wrong" ? "A whole number, or empty for those that are included." : null;
}

/** Seats as typed; null: none wished. */
function seatsOf(text: string): number | null | "wrong" {
  if (text.trim() === "") return null;
  const seats = Number(text);
  return Number.isSafeInteger(seats) && seats > 0 ? seats : "wrong";
}

/** What the button that commits a quote says beside its amount. */
export function commitVerb(action: ActionKey, quote: Quote): string {
  switch (action) {
    case "start":
      return quote.action === "start_trial" ? "start the trial" : "start the plan";
    case "change":
      if (quote.action === "cancel") return "end the plan with its period";
      if (quote.action === "cancel_scheduled") return "keep the plan";
      return quote.isNow ? "change now" : "schedule the change";
    case "promotion":
      return "apply the code";
    case "cancel":
      return quote.isNow ? "cancel now" : "cancel at the period’s end";
    case "resume":
      return "let it go on";
    case "cancel_scheduled":
      return "keep the plan";
    case "end_trial":
      return "end the trial";
    case "pause":
      return "pause";
    case "unpause":
      return "continue";
  }
}
