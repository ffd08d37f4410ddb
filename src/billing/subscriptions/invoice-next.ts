/** What the invoice after a plan comes to: what goes on, at the prices and with the discounts that are left by then. */
import type { InvoiceRecord } from "@/stripe/gateway";
import type { BillingContext } from "../context";
import type { Tenant } from "../tenants";
import type { LoadedFacts } from "./facts";
import { type PriceInput, startRequest } from "./invoice-now";
import type { DiscountChoice, ItemEdit } from "./model";
import { editsOf, presentItems } from "./rules/items";
import { discountsOfNext, nextInvoiceAt } from "./rules/next-invoice";
import { type SubscriptionPlan, startsTrial } from "./rules/plan";

/** The total of the next invoice; null when there is none. `invoice` is what is invoiced now, which may spend discounts. */
export async function recurringOf(
  ctx: BillingContext,
  tenant: Tenant,
  { plan, facts, prorationAt }: PriceInput,
  invoice: InvoiceRecord | null,
): Promise<bigint | null> {
  const { stripe } = ctx;
  const discounts = discountsOfNext(discountsThere(plan, facts), {
    discount: plan.do === "start" || plan.do === "schedule" ? plan.discount : addedBy(plan),
    beginsAt: plan.do === "schedule" ? plan.takesEffectAt : prorationAt,
    nextAt: nextInvoiceAt(plan, facts, prorationAt, invoice),
    now: startsTrial(plan) ? [] : (invoice?.discounts ?? []),
  });
  const goesOn = async (items: ItemEdit[], restartPeriod: boolean, id: string) =>
    (await stripe.previewRecurring(id, { items, restartPeriod, discounts })).totalMinor;
  switch (plan.do) {
    case "resume_confirmation":
      return invoice?.totalMinor ?? null;
    case "start": {
      // A start bills its first period in full, so its own invoice says what the next ones cost.
      const discount = discounts.added;
      if (discount === plan.discount) return invoice?.totalMinor ?? null;
      return (await stripe.previewStart(await startRequest(ctx, tenant, facts, { ...plan, discount }))).totalMinor;
    }
    case "change":
    case "schedule":
      return goesOn(plan.edits, plan.restartPeriod, plan.stripeSubscriptionId);
    case "resume":
    case "cancel_scheduled":
    case "discount":
      return goesOn(keptItems(facts), false, plan.stripeSubscriptionId);
    case "end_trial":
      return goesOn(keptItems(facts), true, plan.stripeSubscriptionId);
    case "unpause":
      return (await stripe.previewUnpause(plan.stripeSubscriptionId, discounts))?.totalMinor ?? null;
    default:
      return null;
  }
}

function addedBy(plan: SubscriptionPlan): DiscountChoice | null {
  return plan.do === "change" || plan.do === "discount" ? (plan.discounts?.added ?? null) : null;
}

/** Without the discount that is taken off; one that is given begins now, as a code does. */
function discountsThere(plan: SubscriptionPlan, { live, promotion, gift }: LoadedFacts) {
  const kept = plan.do === "discount" ? new Set(plan.discounts.kept) : null;
  const discounts = (live?.discounts ?? []).filter((one) => kept?.has(one.stripeDiscountId) ?? true);
  return { live: { discounts }, promotion: promotion ?? gift };
}

/** The items as they are; said in full, because a schedule that waits would otherwise be previewed. */
function keptItems({ live, current }: LoadedFacts): ItemEdit[] {
  return live === null ? [] : editsOf(live, presentItems(current, live));
}
