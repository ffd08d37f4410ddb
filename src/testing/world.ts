/**
 * A world of its own for a test of verbs: a fresh database, a sandbox in this process, webhooks that arrive, a clock that
 * moves, and a catalog that is applied. Nothing in it is a mock; only time and the outside are ours to move.
 */

import { afterEach, expect } from "vitest";
import { applyCatalog, type Catalog, loadCatalogFile } from "@/billing/catalog";
import type { BillingContext } from "@/billing/context";
import type { Log } from "@/billing/kernel/log";
import { createSubscription } from "@/billing/subscriptions";
import { createTenant, getTenant, type Tenant } from "@/billing/tenants";
import { addDuration } from "@/cli/duration";
import { type Sandbox, startSandbox } from "@/sandbox/server";
import { recordFile } from "@/sandbox/testing/start";
import { createStripeGateway } from "@/stripe/live";
import { createSandboxClock, type SandboxClock } from "@/stripe/sandbox-clock";
import { createSandboxControl, type SandboxControl } from "@/stripe/sandbox-control";
import { quiet, walkClock } from "@/workers/walk-clock";
import { createTestDatabase, type TestDatabase } from "./database";
import { renew, share } from "./share";
import { openWebhookListener, WEBHOOK_SECRET, type WebhookListener } from "./webhook-listener";

/** What a world starts with. */
export interface WorldOptions {
  /** A preset, a catalog file, or a catalog: the first one decides the currency for good. */
  catalog?: string | Catalog;
  /** Time of the default clock at the start. */
  startAt?: Date;
  settings?: Partial<BillingContext["settings"]>;
}

/** What a new tenant is to have. */
export interface TenantOptions {
  slug?: string;
  name?: string;
  /** Left out: the tenant stays on the free plan. */
  plan?: string;
  interval?: "month" | "year";
  /** The card of the subscription. */
  card?: string;
  /** Puts the tenant on a test clock of its own, which stands still unless it is advanced. */
  ownClock?: boolean;
}

/** Everything a test of verbs works with. */
export interface World {
  ctx: BillingContext;
  db: TestDatabase;
  clock: SandboxClock;
  control: SandboxControl;
  sandbox: Sandbox;
  webhooks: WebhookListener;
  /** What was logged as a warning or an error: empty when nothing went wrong. */
  complaints: string[];
  /** A new tenant, subscribed and settled when a plan is named. */
  tenant(options?: TenantOptions): Promise<Tenant>;
  /**
   * Walks a clock by a duration ("32 days", "1 month") or to an instant; everything due is done on the way. The clock is the
   * tenant's own where it has one, otherwise the default clock.
   */
  advance(by: string | Date, tenant?: Tenant): Promise<Date>;
  /** Waits until webhooks have arrived and all they cause is done. */
  drain(): Promise<void>;
  /** A request id that no other call has. */
  requestId(): string;
  close(): Promise<void>;
}

const START_AT = new Date("2026-01-15T10:00:00Z");

/** A world for all cases of the suite that calls this. A case that ends with something in `complaints` fails. */
export function shareWorld(options: WorldOptions = {}): World {
  return withoutComplaints(share(() => createWorld(options)));
}

/** A new world for each case, for what has to be asked of an installation that nobody has used yet. */
export function renewWorld(options: WorldOptions = {}): World {
  return withoutComplaints(renew(() => createWorld(options)));
}

/**
 * Fails a case that ends with a warning or an error in the log, even when all it expected has come. A case that means to
 * be complained about takes what was said out of `complaints`.
 */
export function withoutComplaints<Opened extends World>(world: Opened): Opened {
  afterEach(() => {
    expect(world.complaints.splice(0)).toEqual([]);
  });
  return world;
}

/** Opens a world. Close it at the end: it holds a database, two servers and a clock. */
export async function createWorld(options: WorldOptions = {}): Promise<World> {
  const db = await createTestDatabase();
  const webhooks = await openWebhookListener(db);
  const complaints: string[] = [];
  const sandbox = await startSandbox({
    port: 0,
    record: recordFile,
    webhook: { url: webhooks.url, secret: WEBHOOK_SECRET },
    clockStart: Math.floor((options.startAt ?? START_AT).getTime() / 1000),
    reportFailure: (failure) => complaints.push(`The sandbox failed: ${String(failure)}`),
  });
  const clock = await createSandboxClock(sandbox.url);
  const control = createSandboxControl(sandbox.url);
  const ctx: BillingContext = {
    db,
    stripe: createStripeGateway({ secretKey: "sk_test_sandbox", sandboxUrl: sandbox.url }),
    clock,
    actor: { kind: "system", part: "test" },
    log: complainingLog(complaints),
    settings: {
      taxMode: "rate",
      invoiceDueDays: 15,
      publicUrl: "http://localhost:3000",
      linkSecret: "a secret of tests, at least 32 characters",
      seller: { name: null, address: [], taxId: null },
      ...options.settings,
    },
  };
  const { catalog = "dnalang" } = options;
  await applyCatalog(ctx, typeof catalog === "string" ? await loadCatalogFile(catalog) : catalog);
  let serial = 0;
  const requestId = () => `request-${++serial}`;
  const drain = () => quiet(ctx, control);
  return {
    ...{ ctx, db, clock, control, sandbox, webhooks, complaints, requestId, drain },
    tenant: (wanted = {}) => makeTenant({ ctx, clock, control, drain, requestId }, wanted),
    advance: async (by, tenant) => {
      const clockId = tenant?.stripeTestClockId ?? null;
      const to = typeof by === "string" ? addDuration(clock.now(clockId), by) : by;
      return (await walkClock(ctx, control, { clockId, to })).now;
    },
    close: async () => {
      clock.close();
      await sandbox.close();
      await webhooks.close();
      await db.close();
    },
  };
}

let tenants = 0;

async function makeTenant(
  world: Pick<World, "ctx" | "clock" | "control" | "drain" | "requestId">,
  wanted: TenantOptions,
): Promise<Tenant> {
  const { ctx, clock, control } = world;
  const slug = wanted.slug ?? `tenant-${++tenants}`;
  const billingEmail = `billing@${slug}.example`;
  const own = wanted.ownClock ? { stripeTestClockId: await control.createTestClock(slug, START_AT) } : {};
  await clock.refresh();
  const tenant = await createTenant(ctx, { slug, name: wanted.name ?? slug, billingEmail, ...own });
  if (wanted.plan === undefined) return tenant;
  await createSubscription(ctx, {
    tenantId: tenant.id,
    planKey: wanted.plan,
    interval: wanted.interval ?? "month",
    paymentMethodId: wanted.card ?? "pm_card_visa",
    canConfirm: false,
    requestId: world.requestId(),
    reason: "A test needs a subscriber",
  });
  await world.drain();
  return getTenant(ctx, tenant.id);
}

function complainingLog(complaints: string[]): Log {
  const complain = (fields: object, sentence: string) => {
    const { err } = fields as { err?: unknown };
    complaints.push(err === undefined ? sentence : `${sentence}: ${explain(err)}`);
  };
  return { debug() {}, info() {}, warn: complain, error: complain };
}

function explain(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause === undefined ? String(error.stack) : `${error.stack} caused by ${explain(error.cause)}`;
}
