/**
 * What the billing tests stand on: a sandbox of their own on a free port, reached through the official SDK over HTTP, with
 * a clock that is moved through the private controls and stands still otherwise.
 */
import type Stripe from "stripe";
import { realNowMs } from "../clock/real-time";
import type { Sandbox } from "../server";
import { startTestSandbox } from "../testing/start";

/** A running sandbox with the SDK pointed at it. */
export interface Stage {
  stripe: Stripe;
  sandbox: Sandbox;
  /** Moves the default clock to a time and waits until everything due has been handled. */
  advanceTo(iso: string): Promise<void>;
  advanceBy(seconds: number): Promise<void>;
  now(): number;
  /** Types of the events since the last call, oldest first, optionally of one family. */
  events(prefix?: string): Promise<string[]>;
  /** Stops the sandbox, and fails when it had failed by its own fault. */
  close(): Promise<void>;
}

/** A day in seconds. */
export const day = 86_400;

/** ISO text as Unix seconds. */
export const at = (iso: string) => Date.parse(iso) / 1_000;

/** Unix seconds as ISO text to the minute. */
export const isoOf = (seconds: number | null | undefined) =>
  seconds == null ? null : new Date(seconds * 1_000).toISOString().slice(0, 16);

/** Starts a sandbox whose default clock shows the given time. */
export async function startStage(startIso: string): Promise<Stage> {
  const startedMs = realNowMs();
  const { sandbox, stripe, failures, close } = await startTestSandbox({
    clockStart: at(startIso),
    realNowMs: () => startedMs,
  });
  let heard = 0;
  const advance = async (to: number) => {
    const response = await fetch(`${sandbox.url}/_sandbox/clocks/default/advance`, {
      method: "POST",
      body: JSON.stringify({ to }),
    });
    if (!response.ok) throw new Error(`advance failed: ${await response.text()}`);
  };
  return {
    stripe,
    sandbox,
    advanceTo: (iso) => advance(at(iso)),
    advanceBy: (seconds) => advance(sandbox.store.now(null) + seconds),
    now: () => sandbox.store.now(null),
    async events(prefix = "") {
      const fresh = sandbox.store.size("event") - heard;
      heard += fresh;
      if (fresh === 0) return [];
      const newest = await stripe.events.list({ limit: Math.min(fresh, 100) }).autoPagingToArray({ limit: fresh });
      return newest
        .reverse()
        .map((event) => event.type as string)
        .filter((type) => type.startsWith(prefix));
    },
    async close() {
      await close();
      if (failures.length > 0) throw failures[0];
    },
  };
}

/** A customer whose default card is the given test card. */
export async function customerWithCard(stage: Stage, card: string | null = "pm_card_visa"): Promise<Stripe.Customer> {
  const customer = await stage.stripe.customers.create({ email: "ada@example.com", name: "Ada" });
  if (card === null) return customer;
  const method = await stage.stripe.paymentMethods.attach(card, { customer: customer.id });
  return stage.stripe.customers.update(customer.id, { invoice_settings: { default_payment_method: method.id } });
}

/** A monthly (or other) price of its own product. */
export function priceOf(
  stage: Stage,
  unitAmount: number,
  interval: "month" | "year" | "week" | "day" = "month",
  name = `Plan ${unitAmount}`,
): Promise<Stripe.Price> {
  return stage.stripe.prices.create({
    currency: "usd",
    unit_amount: unitAmount,
    recurring: { interval },
    product_data: { name },
  });
}

/** An exclusive tax rate. */
export function taxRateOf(stage: Stage, percentage: number): Promise<Stripe.TaxRate> {
  return stage.stripe.taxRates.create({ display_name: "Sales tax", inclusive: false, percentage });
}

/** The latest invoice of a subscription, as it is now. */
export async function latestInvoice(stage: Stage, subscription: string): Promise<Stripe.Invoice> {
  const { latest_invoice: invoice } = await stage.stripe.subscriptions.retrieve(subscription, {
    expand: ["latest_invoice.payments", "latest_invoice.confirmation_secret"],
  });
  if (invoice === null || typeof invoice === "string") throw new Error("the subscription has no latest invoice");
  return invoice;
}
