/** Overage and unused time as Stripe's invoice items: the amount is ours, rounded once; the metadata leads back to the charge behind it. */
import type { InvoiceItemRequest } from "@/stripe/gateway";
import type { RatedOverage } from "../usage/model";
import { type CreditLine, OVERAGE_CHARGE_ID, UNUSED_TIME } from "./model";

/** Where the items go. */
export interface ItemTarget {
  stripeCustomerId: string;
  stripeSubscriptionId: string | null;
  /** Null leaves them pending for the subscription's next invoice. */
  stripeInvoiceId: string | null;
  stripeTaxRateId: string | null;
}

/** Overage of one meter of one period. */
export type OverageFacts = Pick<RatedOverage, "meterKey" | "amountMinor" | "currency" | "description"> & {
  chargeId: string;
  periodStartAt: Date;
  periodEndAt: Date;
};

/** The item of one charge. */
export function overageItem(overage: OverageFacts, target: ItemTarget): InvoiceItemRequest {
  const { amountMinor, currency, description, periodStartAt, periodEndAt } = overage;
  const metadata = { [OVERAGE_CHARGE_ID]: overage.chargeId, meter: overage.meterKey };
  const item = { amountMinor, currency, description, periodStartAt, periodEndAt, metadata };
  return { ...target, ...item, discountable: true };
}

/** The item of unused time that an end gives back. What was debited had its discounts already, so it takes none. */
export function unusedTimeItem(line: CreditLine & { currency: string }, target: ItemTarget): InvoiceItemRequest {
  return { ...target, ...line, metadata: { [UNUSED_TIME]: "true" }, discountable: false };
}
