/**
 * What has to happen for an event to be true. Each story makes real objects through the API, so that everything around the
 * event (the invoice of the subscription, the charge of the payment) exists as well and can be looked at afterwards.
 */
import { CommandProblem } from "../../output";
import { dataOf, idOf, type SandboxApi } from "./api";

/** What a trigger has brought about. */
export interface Triggered {
  type: string;
  /** The event itself. */
  event: string;
  /** The object the event is about. */
  object: string;
  /** Every object made on the way, in order. */
  made: string[];
}

/** Makes objects and returns the id of the one the event will be about. */
type Story = (api: SandboxApi, made: string[]) => Promise<string>;

const PRICE_MINOR = 2_000;

async function create(api: SandboxApi, made: string[], path: string, parameters: Parameters<SandboxApi["post"]>[1]) {
  const object = await api.post(path, parameters);
  made.push(idOf(object));
  return idOf(object);
}

/** A customer whose default payment method is the test card. */
async function payingCustomer(api: SandboxApi, made: string[], card: string): Promise<string> {
  const customer = await create(api, made, "/v1/customers", {
    name: "Triggered customer",
    email: "triggered@example.test",
    description: "Created by sandbox trigger",
  });
  const method = await api.post(`/v1/payment_methods/${card}/attach`, { customer });
  made.push(idOf(method));
  await api.post(`/v1/customers/${customer}`, { invoice_settings: { default_payment_method: idOf(method) } });
  return customer;
}

async function subscription(api: SandboxApi, made: string[]): Promise<string> {
  const customer = await payingCustomer(api, made, "pm_card_visa");
  const product = await create(api, made, "/v1/products", { name: "Triggered product" });
  const price = await create(api, made, "/v1/prices", {
    product,
    currency: "usd",
    unit_amount: PRICE_MINOR,
    recurring: { interval: "month" },
  });
  return create(api, made, "/v1/subscriptions", { customer, items: [{ price, quantity: 1 }] });
}

/** A finalised invoice of one line, not yet paid. */
async function openInvoice(api: SandboxApi, made: string[], card: string): Promise<string> {
  const customer = await payingCustomer(api, made, card);
  const invoice = await create(api, made, "/v1/invoices", { customer, auto_advance: false, currency: "usd" });
  await create(api, made, "/v1/invoiceitems", {
    customer,
    invoice,
    currency: "usd",
    amount: PRICE_MINOR,
    description: "Created by sandbox trigger",
  });
  await api.post(`/v1/invoices/${invoice}/finalize`, { auto_advance: false });
  return invoice;
}

const newPaymentIntent = (api: SandboxApi, made: string[]) =>
  create(api, made, "/v1/payment_intents", {
    amount: PRICE_MINOR,
    currency: "usd",
  });

const stories: Readonly<Record<string, Story>> = {
  "customer.subscription.created": subscription,
  async "customer.subscription.updated"(api, made) {
    const id = await subscription(api, made);
    await api.post(`/v1/subscriptions/${id}`, { cancel_at_period_end: true });
    return id;
  },
  async "customer.subscription.deleted"(api, made) {
    const id = await subscription(api, made);
    await api.delete(`/v1/subscriptions/${id}`);
    return id;
  },
  async "invoice.payment_succeeded"(api, made) {
    const id = await openInvoice(api, made, "pm_card_visa");
    await api.post(`/v1/invoices/${id}/pay`);
    return id;
  },
  async "invoice.payment_failed"(api, made) {
    const id = await openInvoice(api, made, "pm_card_chargeCustomerFail");
    await api.postDeclined(`/v1/invoices/${id}/pay`);
    return id;
  },
  async "payment_intent.succeeded"(api, made) {
    const id = await newPaymentIntent(api, made);
    await api.post(`/v1/payment_intents/${id}/confirm`, { payment_method: "pm_card_visa" });
    return id;
  },
  async "payment_intent.payment_failed"(api, made) {
    const id = await newPaymentIntent(api, made);
    await api.postDeclined(`/v1/payment_intents/${id}/confirm`, { payment_method: "pm_card_chargeDeclined" });
    return id;
  },
};

/** Names people use for an event that Stripe calls otherwise. */
const aliases: Readonly<Record<string, string>> = { "payment_intent.failed": "payment_intent.payment_failed" };

/** The event types that can be triggered, in Stripe's own names. */
export const triggerable: readonly string[] = Object.keys(stories);

/** Brings an event about and finds it; refuses a type without a story. */
export async function trigger(api: SandboxApi, wanted: string): Promise<Triggered> {
  const type = aliases[wanted] ?? wanted;
  const story = Object.hasOwn(stories, type) ? stories[type] : undefined;
  if (story === undefined) {
    throw new CommandProblem(`"${wanted}" cannot be triggered. These can: ${triggerable.join(", ")}.`);
  }
  const made: string[] = [];
  const object = await story(api, made);
  const events = dataOf(await api.get(`/v1/events?type=${encodeURIComponent(type)}&limit=100`));
  const event = events.find(({ data }) => {
    const about = (data as { object?: { id?: unknown } } | undefined)?.object;
    return about?.id === object;
  });
  if (event === undefined) throw new CommandProblem(`The sandbox recorded no ${type} about ${object}.`);
  return { type, event: idOf(event), object, made };
}
