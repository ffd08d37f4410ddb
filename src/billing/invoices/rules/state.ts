/** Which of two pictures of an invoice is newer, and whether collecting it has failed. Pure. */
import type { InvoiceStatus } from "../model";

/** How far along an invoice is; at equal times the picture further along is the newer one. */
const PROGRESS: Readonly<Record<InvoiceStatus, number>> = { draft: 0, open: 1, uncollectible: 2, void: 3, paid: 3 };

/** What decides the age of a picture. */
export interface InvoicePicture {
  status: InvoiceStatus;
  attemptCount: number;
  sourceAt: Date;
}

/** Whether the incoming picture must not overwrite the known one. */
export function isOutdatedInvoice(known: InvoicePicture, incoming: InvoicePicture): boolean {
  if (incoming.sourceAt.getTime() !== known.sourceAt.getTime()) return incoming.sourceAt < known.sourceAt;
  if (incoming.status !== known.status) return PROGRESS[incoming.status] < PROGRESS[known.status];
  return incoming.attemptCount < known.attemptCount;
}

/**
 * Whether the newest try to collect has failed. A first invoice whose browser has not finished yet has not failed: it waits.
 * The count of attempts says nothing here, because Stripe counts only its own tries and not those made on request.
 */
export function hasFailed(record: { status: InvoiceStatus; attempted: boolean; billingReason: string }): boolean {
  if (record.status !== "open" && record.status !== "uncollectible") return false;
  return record.attempted && record.billingReason !== "subscription_create";
}

/** A span of time an invoice or a line pays for. */
interface ServicePeriod {
  periodStartAt: Date;
  periodEndAt: Date;
}

/** The service period an invoice pays for: the plan line's, else that of its first line, else Stripe's window for items. */
export function servicePeriod(
  record: ServicePeriod & { lines: ReadonlyArray<ServicePeriod & { source: string; proration: boolean }> },
): ServicePeriod {
  const main = record.lines.find((line) => line.source === "subscription" && !line.proration) ?? record.lines[0];
  const { periodStartAt, periodEndAt } = main ?? record;
  return { periodStartAt, periodEndAt };
}
