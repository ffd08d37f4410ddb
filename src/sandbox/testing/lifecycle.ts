/**
 * What the lifecycle tables stand on: a stage for each row, and the whole events a step has caused.
 *
 * Owns: waiting for test clocks, and reading events with who caused them. Refuses: expecting anything itself.
 */
import type Stripe from "stripe";
import { customerWithCard, priceOf, type Stage, startStage } from "../billing/test-stage";

/** The moment at which every row begins. */
export const beginning = "2026-04-01T00:00:00Z";

/** A stage with what most rows need: a customer whose card works, and a monthly price of 100.00. */
export interface World {
  stage: Stage;
  stripe: Stripe;
  customer: string;
  price: string;
  /** The events since the last call, oldest first. */
  heard(): Promise<Stripe.Event[]>;
}

/** Starts a world of its own; close its stage when done. */
export async function startWorld(card: string | null = "pm_card_visa"): Promise<World> {
  const stage = await startStage(beginning);
  const { id: customer } = await customerWithCard(stage, card);
  const { id: price } = await priceOf(stage, 10_000);
  const known = new Set<string>();
  const heard = async () => {
    const all = await stage.stripe.events.list({ limit: 100 }).autoPagingToArray({ limit: 1_000 });
    const fresh = all.filter((event) => !known.has(event.id)).reverse();
    for (const event of fresh) known.add(event.id);
    return fresh;
  };
  await heard();
  return { stage, stripe: stage.stripe, customer, price, heard };
}

/** Runs one row on a world of its own, whatever becomes of it. */
export async function inWorld<T>(row: (world: World) => Promise<T>, card?: string | null): Promise<T> {
  const world = await startWorld(card);
  try {
    return await row(world);
  } finally {
    await world.stage.close();
  }
}

/** Subscribes the world's customer to its price. */
export function subscribe(
  world: World,
  params: Partial<Stripe.SubscriptionCreateParams> = {},
): Promise<Stripe.Subscription> {
  return world.stripe.subscriptions.create({
    customer: world.customer,
    items: [{ price: world.price }],
    ...params,
  });
}

/** Makes a test card the customer's default. */
export async function giveCard(world: World, card: string): Promise<string> {
  const { id } = await world.stripe.paymentMethods.attach(card, { customer: world.customer });
  await world.stripe.customers.update(world.customer, { invoice_settings: { default_payment_method: id } });
  return id;
}

/** The latest invoice of a subscription, with its payments. */
export async function latestOf(world: World, subscription: string): Promise<Stripe.Invoice & { id: string }> {
  const { latest_invoice: invoice } = await world.stripe.subscriptions.retrieve(subscription, {
    expand: ["latest_invoice.payments", "latest_invoice.confirmation_secret"],
  });
  if (invoice === null || typeof invoice === "string") throw new Error("the subscription has no latest invoice");
  return invoice as Stripe.Invoice & { id: string };
}

/** The status of a subscription as it is now. */
export async function statusOf(world: World, subscription: string): Promise<Stripe.Subscription.Status> {
  return (await world.stripe.subscriptions.retrieve(subscription)).status;
}

/** The id of the PaymentIntent that collects an invoice. */
export function intentOf(invoice: Stripe.Invoice): string {
  const intent = invoice.payments?.data[0]?.payment.payment_intent;
  if (typeof intent !== "string") throw new Error("the invoice has no payment intent");
  return intent;
}

/** POSTs to one of the sandbox's own controls. */
export async function control(world: World, path: string, body: object): Promise<Response> {
  return fetch(`${world.stage.sandbox.url}/_sandbox${path}`, { method: "POST", body: JSON.stringify(body) });
}

/** What a refused call was refused with; fails when it was not. */
export async function refusal(call: Promise<unknown>): Promise<Stripe.errors.StripeError> {
  const outcome = await call.then(
    () => null,
    (error: Stripe.errors.StripeError) => error,
  );
  if (outcome === null) throw new Error("the call was not refused");
  return outcome;
}
