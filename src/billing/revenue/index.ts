/** The public face of revenue: the movements ledger and the operator's numbers. */
export { getRevenue } from "./get-revenue";
export { listPlanVersions } from "./list-plan-versions";
export { listTenants } from "./list-tenants";
export {
  type FailedPayment,
  listTenantsSchema,
  type PlanVersionsView,
  type RevenueView,
  type TenantPage,
  type TenantRow,
} from "./model";
export { type RecordMrrInput, recordMrr } from "./record-mrr";
export { type MovementKind, mrrOf } from "./rules";
