/** Words of the tenants slice: the paying organisation, its people, its API keys. */
import { z } from "zod";

/** A tenant. */
export interface Tenant {
  id: string;
  slug: string;
  name: string;
  billingEmail: string;
  timeZone: string;
  stripeCustomerId: string | null;
  stripeTestClockId: string | null;
  createdAt: Date;
}

/** The roles, from the most to the least that may be done. */
export const MEMBERSHIP_ROLES = ["owner", "admin", "member"] as const;
/** What a person may do inside a tenant: owner and admin manage money, a member reads. */
export type MembershipRole = (typeof MEMBERSHIP_ROLES)[number];

/** A tenant a person belongs to. */
export interface MembershipView {
  tenantId: string;
  slug: string;
  name: string;
  role: MembershipRole;
}

/** Short names: lower case letters, digits and single dashes, 2 to 40 characters. */
export const slugSchema = z
  .string()
  .regex(/^[a-z0-9](?:[a-z0-9]|-(?=[a-z0-9])){0,38}[a-z0-9]$/, "2 to 40 lower case letters, digits and single dashes");

/** Input of `createTenant`. */
export const createTenantSchema = z.strictObject({
  /** Left out: made from the name, with a number when taken. */
  slug: slugSchema.optional(),
  name: z.string().trim().min(1, "must not be empty").max(120),
  billingEmail: z.email().max(254),
  timeZone: z.string().default("UTC"),
  /** The user who becomes the owner; left out for tenants made by operators. */
  ownerUserId: z.string().optional(),
  stripeTestClockId: z.string().optional(),
});
export type CreateTenantInput = z.input<typeof createTenantSchema>;

/** An API key as lists show it. */
export interface ApiKeyView {
  id: string;
  display: string;
  name: string;
  tenantId: string | null;
  createdAt: Date;
  lastUsedAt: Date | null;
  revokedAt: Date | null;
}
