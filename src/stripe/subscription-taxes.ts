/**
 * The fixed tax rate of running subscriptions: Stripe copies it to a subscription at its start and never looks back, so a
 * rate that changed has to be handed to each.
 *
 * Touches only rates of ours. What is scheduled has rates of its own and gets the new one first: a subscription that has it
 * is not looked at again. Decides nothing.
 */
import type Stripe from "stripe";
import type { ClientSource } from "./client";
import { callStripe } from "./errors";
import type { StripeGateway } from "./gateway";
import { callKey } from "./idempotency";
import { phasesAhead } from "./schedules";
import { optionalId } from "./translate/values";

type TaxRateCalls = Pick<StripeGateway, "adoptTaxRate">;

/** The gateway's calls about the tax rate of subscriptions. */
export function taxRateCalls(client: ClientSource): TaxRateCalls {
  return {
    adoptTaxRate: (id, stripeTaxRateId, key) => callStripe(() => adopt(client(), id, stripeTaxRateId, key)),
  };
}

async function adopt(stripe: Stripe, id: string, stripeTaxRateId: string, key: string): Promise<boolean> {
  const current = await stripe.subscriptions.retrieve(id);
  const rates = current.default_tax_rates ?? [];
  const isOver = current.status === "canceled" || current.status === "incomplete_expired";
  const isOurs = rates.length > 0 && rates.every((rate) => rate.metadata?.quittance_key);
  if (isOver || !isOurs || rates.every((rate) => rate.id === stripeTaxRateId)) return false;
  const default_tax_rates = [stripeTaxRateId];
  const stripeScheduleId = optionalId(current.schedule);
  if (stripeScheduleId !== null) {
    const schedule = await stripe.subscriptionSchedules.retrieve(stripeScheduleId);
    const phases = phasesAhead(schedule, current.discounts).map((phase) => ({ ...phase, default_tax_rates }));
    const options = { idempotencyKey: callKey(key, "phases") };
    await stripe.subscriptionSchedules.update(stripeScheduleId, { phases, proration_behavior: "none" }, options);
  }
  const params = { default_tax_rates, proration_behavior: "none" as const };
  await stripe.subscriptions.update(id, params, { idempotencyKey: callKey(key, "subscription") });
  return true;
}
