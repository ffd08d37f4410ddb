/** Overage as Stripe's invoice items: the amount is ours, rounded once; the metadata leads back to the charge behind it. */
import type { InvoiceItemRequest } from "@/stripe/gateway";
import type { RatedOverage } from "../usage/model";
import { OVERAGE_CHARGE_ID } from "./model";

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
  return { ...target, amountMinor, currency, description, periodStartAt, periodEndAt, metadata };
}
