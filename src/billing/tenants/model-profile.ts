/** Words of the operator's view on a tenant: who they are, here and at Stripe, and who did what to them. */
import type { AuditEntryView } from "../audit/model";
import type { MembershipRole, Tenant } from "./model";

/** A person of a tenant. */
export interface MemberView {
  userId: string;
  name: string | null;
  email: string;
  role: MembershipRole;
  since: Date;
}

/** A tenant as operators see it. */
export interface TenantProfile {
  tenant: Tenant;
  members: MemberView[];
  /** The customer at Stripe, read just now; null before the first call to Stripe made one. */
  customer: {
    stripeCustomerId: string;
    email: string | null;
    name: string | null;
    /** Positive: credit that the next invoices will use. */
    creditMinor: bigint;
    currency: string;
    hasDefaultPaymentMethod: boolean;
  } | null;
  computedAt: Date;
}

/** An audit entry with the name of who did it, where one is known. */
export interface NamedAuditEntry extends AuditEntryView {
  /** An e-mail address or the name of a key; null where the actor is no person and no key. */
  actorLabel: string | null;
}
