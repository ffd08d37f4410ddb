/**
 * What a start, a change or an end would bill, asked of Stripe with the parameters of the real call. Nothing is stored.
 *
 * A preview is an invoice without an id. Its amounts are Stripe's own, so what is shown is what will be charged.
 */
import type Stripe from "stripe";
import { BillingError } from "@/billing/kernel/errors";
import type { ClientSource } from "./client";
import { callStripe } from "./errors";
import type { InvoiceItemRequest, InvoiceRecord, StripeGateway } from "./gateway";
import { completeInvoice, previewItem } from "./invoices";
import { changeParams, discountParams, itemParam, PAUSE, startParams, trialEndParams } from "./subscription-params";
import { unixSeconds } from "./translate/values";

type PreviewCalls = Pick<
  StripeGateway,
  | "previewStart"
  | "previewChange"
  | "previewEndTrial"
  | "previewPause"
  | "previewUnpause"
  | "previewCancelNow"
  | "previewRenewal"
  | "previewItems"
  | "previewRecurring"
>;

/** A subscription that is to end has no next invoice; the question is what it would be if it went on. */
const GOES_ON = { cancel_at_period_end: false } as const;

/** Null where Stripe says that there would be no invoice at all. */
async function unlessEmpty(preview: Promise<InvoiceRecord>): Promise<InvoiceRecord | null> {
  try {
    return await preview;
  } catch (error) {
    if (error instanceof BillingError && error.details?.stripeCode === "invoice_upcoming_none") return null;
    throw error;
  }
}

/** No rate of ours: the place says what the tax is. */
function isUntaxed({ stripeTaxRateId }: InvoiceItemRequest): boolean {
  return stripeTaxRateId === null;
}

/** The gateway's previews. */
export function previewCalls(client: ClientSource): PreviewCalls {
  const preview = (params: Stripe.InvoiceCreatePreviewParams) =>
    callStripe(async () => completeInvoice(client(), await client().invoices.createPreview(params)));
  const ofSubscription = (
    subscription: string,
    details: Stripe.InvoiceCreatePreviewParams.SubscriptionDetails,
    more: Stripe.InvoiceCreatePreviewParams = {},
  ) => preview({ subscription, subscription_details: details, ...more });
  return {
    previewStart: (request) => {
      const { customer, items, discounts, automatic_tax, default_tax_rates } = startParams(request);
      return preview({
        customer,
        subscription_details: {
          items,
          billing_mode: { type: "flexible" },
          ...(default_tax_rates && { default_tax_rates }),
        },
        ...(discounts && { discounts }),
        ...(automatic_tax && { automatic_tax }),
      });
    },
    previewChange: async (request) => {
      const { discounts, ...details } = changeParams(request);
      const more = discounts === undefined ? {} : { discounts };
      const invoice = await unlessEmpty(ofSubscription(request.stripeSubscriptionId, details, more));
      // A change that comes to no cent bills nothing; what Stripe then shows is the renewal.
      const isOfChange = request.restartPeriod || invoice?.lines.some((line) => line.proration);
      return isOfChange ? invoice : null;
    },
    previewEndTrial: ({ stripeSubscriptionId, withdraws }) =>
      ofSubscription(stripeSubscriptionId, trialEndParams(withdraws)),
    // A credit that waits has no preview; invoiced at once it has the same lines.
    previewPause: (id) => unlessEmpty(ofSubscription(id, { pause: { ...PAUSE, invoicing_behavior: "invoice" } })),
    previewUnpause: (id, discounts) =>
      unlessEmpty(
        ofSubscription(
          id,
          { resume_at: "now", proration_behavior: "none" },
          discounts === null ? {} : { preview_mode: "recurring", discounts: discountParams(discounts) },
        ),
      ),
    previewCancelNow: ({ stripeSubscriptionId, at, prorate, items }) => {
      const behavior = prorate ? "always_invoice" : "none";
      const date = prorate ? { proration_date: unixSeconds(at) } : {};
      return unlessEmpty(
        ofSubscription(
          stripeSubscriptionId,
          { cancel_now: true, proration_behavior: behavior, ...date },
          { invoice_items: items.map(previewItem) },
        ),
      );
    },
    previewItems: (customer, items) =>
      preview({ customer, invoice_items: items.map(previewItem), automatic_tax: { enabled: items.every(isUntaxed) } }),
    previewRenewal: (subscription, items) => preview({ subscription, invoice_items: items.map(previewItem) }),
    previewRecurring: (subscription, { items, restartPeriod, discounts }) =>
      ofSubscription(
        subscription,
        {
          ...GOES_ON,
          items: items.map(itemParam),
          proration_behavior: "none",
          // A period that begins anew: without this, what is shown is the stub up to the old period's end.
          ...(restartPeriod && { billing_cycle_anchor: { type: "now" } as const }),
        },
        { preview_mode: "recurring", discounts: discountParams(discounts) },
      ),
  };
}
