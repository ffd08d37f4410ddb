/** The public face of revenue: the movements ledger and the operator's numbers. */
export { getRevenue } from "./get-revenue";
export { listTenants } from "./list-tenants";
export type { FailedPayment, RevenueView, TenantRow } from "./model";
export { type RecordMrrInput, recordMrr } from "./record-mrr";
export { type MovementKind, mrrOf } from "./rules";
