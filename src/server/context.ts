/**
 * The composition root: the one place where settings become a database, a gateway, a clock and a log.
 *
 * Every process (web server, worker, command) builds one runtime and makes a billing context per call from it.
 */
import type { BillingContext, BillingSettings } from "@/billing/context";
import type { Actor } from "@/billing/kernel/actor";
import type { Clock } from "@/billing/kernel/clock";
import type { Log } from "@/billing/kernel/log";
import { acceptEvent } from "@/billing/webhooks";
import { type Database, openDatabase } from "@/db/client";
import { type Environment, env } from "@/env";
import type { StripeGateway } from "@/stripe/gateway";
import { createStripeGateway } from "@/stripe/live";
import { createSandboxClock, type SandboxClock } from "@/stripe/sandbox-clock";
import { systemClock } from "@/stripe/system-clock";
import { createLog } from "./log";

const INVOICE_DUE_DAYS = 15;
/** Of each copy of the program in the web process. */
const WEB_CONNECTION_LIMIT = 8;

/** Everything a process holds open. */
export interface Runtime {
  readonly mode: Environment["mode"];
  readonly db: Database;
  readonly stripe: StripeGateway;
  /** The tenants' time. */
  readonly clock: Clock;
  /** The same, where it is the sandbox's and can move; null beside the real Stripe. */
  readonly sandboxClock: SandboxClock | null;
  readonly log: Log;
  readonly settings: BillingSettings;
  /** The catalog that the installation is started with: a preset's name, or the path of a file. */
  readonly catalogFile: string;
  contextFor(actor: Actor): BillingContext;
  /** Takes what was posted to the webhook address into the inbox; throws what `acceptEvent` throws. */
  acceptWebhook(rawBody: string, signatureHeader: string | null): Promise<{ id: string; duplicate: boolean }>;
  close(): Promise<void>;
}

/** How a process differs from another in what it holds open. */
export interface RuntimeOptions {
  /** Names the process in the log and among the database's connections. */
  name?: string;
  connectionLimit?: number;
}

/** Opens a runtime. Throws a plain error that says what is missing when there is no database to open. */
export async function createRuntime(environment: Environment, options: RuntimeOptions = {}): Promise<Runtime> {
  const { databaseUrl, stripe: access } = environment;
  if (databaseUrl === null) throw new Error("No database: start Quittance with `npm start`, or set DATABASE_URL.");
  const name = options.name ?? "quittance";
  const log = createLog(environment, name);
  const sandboxClock = access.apiUrl === null ? null : await createSandboxClock(access.apiUrl);
  const db = openDatabase(databaseUrl, { applicationName: name, connectionLimit: options.connectionLimit });
  const stripe = createStripeGateway({ secretKey: access.secretKey, sandboxUrl: access.apiUrl });
  const clock: Clock = sandboxClock ?? systemClock;
  const settings = {
    taxMode: environment.taxMode,
    invoiceDueDays: INVOICE_DUE_DAYS,
    publicUrl: environment.publicUrl,
    linkSecret: environment.linkSecret,
    seller: environment.seller,
  };
  const livemode = /^(sk|rk)_live_/.test(access.secretKey);
  return {
    mode: environment.mode,
    db,
    stripe,
    clock,
    sandboxClock,
    log,
    settings,
    catalogFile: environment.catalog,
    contextFor: (actor) => ({ db, stripe, clock, actor, log, settings }),
    acceptWebhook: (rawBody, signatureHeader) =>
      acceptEvent({ db, clock: systemClock, livemode }, rawBody, signatureHeader, secretsOf(access.webhookSecret)),
    close: async () => {
      sandboxClock?.close();
      await db.close();
    },
  };
}

let runtime: Promise<Runtime> | null = null;

/**
 * The one runtime of this copy of the program, opened on first use.
 *
 * Next evaluates modules once for pages and once for routes, beside the server's own bundle. Each copy has a runtime of its
 * own, on purpose not one on the global object: an error thrown by one copy's gateway is no BillingError to another copy's
 * verbs, and a declined card or a forged signature would be taken for a fault of the program. An opening that failed is
 * forgotten, so that the next request may find the sandbox or database up again.
 */
export function getRuntime(): Promise<Runtime> {
  runtime ??= createRuntime(env(), { name: "quittance web", connectionLimit: WEB_CONNECTION_LIMIT }).catch((error) => {
    runtime = null;
    throw error;
  });
  return runtime;
}

/** While a signing secret is being replaced, both stand in the variable, separated by a comma. */
function secretsOf(webhookSecret: string): string[] {
  return webhookSecret.split(",").filter((secret) => secret.trim() !== "");
}
