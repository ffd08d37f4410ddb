/** Words of the entitlements slice: what a tenant may still do. */

/** The answer to "may I?". Quantities are exact decimal text. */
export interface QuotaCheck {
  meterKey: string;
  allowed: boolean;
  used: string;
  /** Null: without limit. */
  included: string | null;
  /** What is left of the included quantity, never below 0; null: without limit. */
  remaining: string | null;
  /** When the period ends and the quota starts anew. */
  resetsAt: Date;
}
