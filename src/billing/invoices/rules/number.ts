/**
 * Our invoice numbers: `INV-2024-11-demo`, the tenant's further invoices of the month `INV-2024-11-demo-2`, `-3` …
 *
 * The month is the UTC month in which the invoice was made, not the month it bills: a number never changes afterwards.
 */

/** The month an invoice is counted in: "2024-11". */
export function invoiceMonth(createdAt: Date): string {
  return createdAt.toISOString().slice(0, 7);
}

/** The number of a month's n-th invoice of a tenant, counted from 1. */
export function invoiceNumber(month: string, slug: string, sequence: number): string {
  return sequence === 1 ? `INV-${month}-${slug}` : `INV-${month}-${slug}-${sequence}`;
}
