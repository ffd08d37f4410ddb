/** The public face of tenants: who pays, who belongs to them, and which keys act for them. */
export { authenticateApiKey, createApiKey, listApiKeys, revokeApiKey } from "./api-keys";
export { createTenant } from "./create-tenant";
export { ensureStripeCustomer } from "./ensure-stripe-customer";
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
export { getTenant, resolveTenant, tenantNotFound } from "./resolve-tenant";
export { slugRefusal } from "./rules";
export { findTenant, findTenantByCustomer, findTenantBySlug, loadTestClockTenants, memberCount } from "./store";
