/** Events about invoices. A renewal's draft is the one moment at which overage can still be put on it. */
import type { InvoiceRecord } from "@/stripe/gateway";
import { followInvoice } from "../../dunning";
import { billRenewalDraft, syncInvoice } from "../../invoices";
import { tellTenant } from "../../notifications";
import { gone, type Handler } from "./handler";

/**
 * Converges on the invoice as it is now, whatever the event said, and lets its case follow: one that failed is dunned, one
 * that was paid is not any more. A renewal's draft is billed whichever of its events arrives first.
 */
export const onInvoice: Handler = async (ctx, { tenant, subject, cause }) => {
  const record = await ctx.stripe.fetchInvoice(subject.objectId);
  if (record === null) return gone(subject.objectId);
  if (isRenewal(record) && record.status === "draft") await billRenewalDraft(ctx, subject.objectId, cause);
  else await syncInvoice(ctx, record, cause);
  const turn = await followInvoice(ctx, tellTenant, { tenant, record });
  return {
    outcome: "projected",
    note: `${subject.objectId} is ${record.status}${turn === "nothing" ? "" : `; ${NEWS[turn]}`}.`,
  };
};

const NEWS = {
  open: "collecting it began, and the tenant was written to",
  recover: "collecting it has ended well",
  stop: "collecting it was stopped",
  lapse: "its plan has ended",
  count: "another try to collect it failed",
} as const;

/** Numbers a renewal and puts the ended month's overage on it, or on an invoice of its own when the event came too late. */
export const onInvoiceCreated: Handler = async (ctx, input) => {
  const { tenant, subject, cause } = input;
  const record = await ctx.stripe.fetchInvoice(subject.objectId);
  if (record === null) return gone(subject.objectId);
  if (isRenewal(record)) await billRenewalDraft(ctx, subject.objectId, cause);
  // Billing it converges on it only the first time; one that has moved on since is taken over as it is.
  if (!isRenewal(record) || record.status !== "draft") await syncInvoice(ctx, record, cause);
  await followInvoice(ctx, tellTenant, { tenant, record });
  const what = isRenewal(record) ? "is a renewal; its usage was billed" : `is ${record.status}`;
  return { outcome: "projected", note: `${subject.objectId} ${what}.` };
};

function isRenewal(record: InvoiceRecord): boolean {
  return record.billingReason === "subscription_cycle";
}
