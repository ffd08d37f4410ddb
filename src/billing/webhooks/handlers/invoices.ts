/** Events about invoices. A renewal's draft is the one moment at which overage can still be put on it. */
import type { InvoiceRecord } from "@/stripe/gateway";
import { billRenewalDraft, syncInvoice } from "../../invoices";
import { noticeUnpaid } from "../notice-unpaid";
import { gone, type Handler } from "./handler";

/** Converges on the invoice as it is now. A renewal's draft is billed whichever of its events arrives first. */
export const onInvoice: Handler = async (ctx, { subject, cause }) => {
  const record = await ctx.stripe.fetchInvoice(subject.objectId);
  if (record === null) return gone(subject.objectId);
  if (isRenewal(record) && record.status === "draft") await billRenewalDraft(ctx, subject.objectId, cause);
  else await syncInvoice(ctx, record, cause);
  return { outcome: "projected", note: `${subject.objectId} is ${record.status}.` };
};

/** Numbers a renewal and puts the ended month's overage on it, or on an invoice of its own when the event came too late. */
export const onInvoiceCreated: Handler = async (ctx, input) => {
  const { subject, cause } = input;
  const record = await ctx.stripe.fetchInvoice(subject.objectId);
  if (record === null) return gone(subject.objectId);
  if (isRenewal(record)) await billRenewalDraft(ctx, subject.objectId, cause);
  // Billing it converges on it only the first time; one that has moved on since is taken over as it is.
  if (!isRenewal(record) || record.status !== "draft") await syncInvoice(ctx, record, cause);
  const what = isRenewal(record) ? "is a renewal; its usage was billed" : `is ${record.status}`;
  return { outcome: "projected", note: `${subject.objectId} ${what}.` };
};

/** Converges, and writes to the tenant about an invoice that could not be collected and still is not. */
export const onUnpaidInvoice: Handler = async (ctx, { tenant, subject, cause }) => {
  const record = await ctx.stripe.fetchInvoice(subject.objectId);
  if (record === null) return gone(subject.objectId);
  const { after } = await syncInvoice(ctx, record, cause);
  const isNoticed = await noticeUnpaid(ctx, { tenant, record, invoice: after });
  const news = isNoticed ? "the tenant was written to" : "nobody had to be written to";
  return { outcome: "projected", note: `${after.number} is ${record.status}; ${news}.` };
};

function isRenewal(record: InvoiceRecord): boolean {
  return record.billingReason === "subscription_cycle";
}
