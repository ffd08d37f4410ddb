/**
 * What every verb receives: the database, Stripe, the clock, who is asking, and a log. Built in one place
 * (server/context.ts); a verb that needs more is asking for the wrong thing.
 */
import type { Database } from "@/db/client";
import type { StripeGateway } from "@/stripe/gateway";
import type { Actor } from "./kernel/actor";
import type { Clock } from "./kernel/clock";
import type { Log } from "./kernel/log";

/** The surroundings of one call. */
export interface BillingContext {
  db: Database;
  stripe: StripeGateway;
  clock: Clock;
  actor: Actor;
  log: Log;
  /** Choices of the installation that rules depend on. */
  settings: BillingSettings;
}

/** Choices of the installation. */
export interface BillingSettings {
  taxMode: "rate" | "stripe_tax";
  /** Days after issue on which an invoice is due. */
  invoiceDueDays: number;
  /** Where links in mails point, without a trailing slash. */
  publicUrl: string;
  /** Signs the links in letters that open without signing in; null: such letters point to the portal. Never logged. */
  linkSecret: string | null;
  /** Who sells, as invoices say it; without a name the catalog's product stands there. */
  seller: { name: string | null; address: readonly string[]; taxId: string | null };
}
