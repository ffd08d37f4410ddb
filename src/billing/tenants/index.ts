/** The public face of tenants: who pays, who belongs to them, and which keys act for them. */
export { authenticateApiKey, createApiKey, listApiKeys, revokeApiKey } from "./api-keys";
export { createTenant } from "./create-tenant";
export { detachIfSaved } from "./detach-method";
export { ensureStripeCustomer } from "./ensure-stripe-customer";
export { getBillingDetails } from "./get-billing-details";
export { getTenantProfile, listNamedAudit, nameActors } from "./get-profile";
export { leaveTestClock } from "./leave-test-clock";
export { addMember, listMemberships } from "./memberships";
export {
  type ApiKeyView,
  type CreateTenantInput,
  createTenantSchema,
  MEMBERSHIP_ROLES,
  type MembershipRole,
  type MembershipView,
  slugSchema,
  type Tenant,
} from "./model";
export {
  type BillingDetails,
  type BillingField,
  type PostalAddress,
  type SaveBillingDetailsInput,
  saveBillingDetailsSchema,
  type TaxIdView,
} from "./model-billing-details";
export { getTenant, resolveTenant, tenantNotFound } from "./resolve-tenant";
export { slugRefusal } from "./rules";
export { sameMethods } from "./rules-methods";
export { saveBillingDetails } from "./save-billing-details";
export { findTenant, findTenantByCustomer, findTenantBySlug, loadTestClockTenants, memberCount } from "./store";
export { findPurchaseOrder } from "./store-billing-details";
export { syncBillingDetails } from "./sync-billing-details";
