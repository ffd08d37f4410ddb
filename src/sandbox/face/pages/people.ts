/** The pages about customers, their subscriptions and their invoices. */
import type Stripe from "stripe";
import type { ControlContext } from "../../control/control";
import { cardScenarios } from "../../payments/scenarios";
import { idOf } from "../../store/indexes";
import { html, type Part } from "../html";
import {
  base,
  type Column,
  facts,
  LIST_LENGTH,
  link,
  money,
  type Page,
  status,
  table,
  time,
  timeline,
} from "../layout";
import { listing } from "../listing";

const nameOf = (customer: Stripe.Customer) => customer.name ?? customer.email ?? customer.id;

function customerLink(context: ControlContext, value: string | { id: string } | null): Part {
  const id = idOf(value);
  if (id === null) return "–";
  const customer = context.store.find("customer", id);
  return customer === undefined ? id : link("customers", id, nameOf(customer));
}

function customerName(context: ControlContext, value: string | { id: string } | null): string | null {
  const customer = context.store.find("customer", idOf(value) ?? "");
  return customer === undefined ? null : nameOf(customer);
}

const customerColumns: Column<Stripe.Customer>[] = [
  { head: "Customer", cell: (one) => link("customers", one.id, nameOf(one)) },
  { head: "E-mail", cell: (one) => one.email ?? "–" },
  { head: "Created", cell: (one) => time(one.created) },
  { head: "Clock", cell: (one) => html`<span class="id">${idOf(one.test_clock) ?? "default"}</span>` },
  { head: "Balance", isNumber: true, cell: (one) => money(one.balance, one.currency) },
];

/** Every customer. */
export function customersPage({ store }: ControlContext, _id: string, query: URLSearchParams): Page {
  return {
    title: "Customers",
    section: "customers",
    lead: `${store.size("customer")} in all`,
    body: listing(
      {
        heading: "Newest customers",
        rows: store.records("customer"),
        columns: customerColumns,
        empty: "No customers yet. Make one by the API, or with `sandbox trigger`.",
        findBy: "Name, e-mail or id",
        words: ({ id, name, email }) => [id, name, email],
      },
      query,
    ),
  };
}

/** The reasons a next payment can be made to fail with: those of the test cards. */
export const outcomes: readonly string[] = [
  ...new Set(cardScenarios.flatMap(({ chargeFailure }) => (chargeFailure === null ? [] : [chargeFailure]))),
];

function nextPaymentForm(context: ControlContext, customer: Stripe.Customer): Part {
  const planned = context.store.find("next_payment", customer.id)?.outcome;
  return html`<h2>Next payment</h2>
<p class="quiet">${planned === undefined ? "Goes as the card says." : `Ends with ${planned.replaceAll("_", " ")}.`}</p>
<form class="row" method="post" action="${base}/customers/${customer.id}/next-payment">
<div><label for="outcome">Next payment fails with</label>
<select id="outcome" name="outcome">${outcomes.map((code) => html`<option value="${code}">${code.replaceAll("_", " ")}</option>`)}<option value="succeed">nothing, it succeeds</option></select></div>
<button>Decide next payment</button>
</form>`;
}

/** A customer with everything that belongs to it. */
export function customerPage(context: ControlContext, id: string): Page | null {
  const { store } = context;
  const customer = store.find("customer", id);
  if (customer === undefined) return null;
  return {
    title: nameOf(customer),
    section: "customers",
    lead: html`<span class="id">${customer.id}</span>${customer.email === null ? "" : ` · ${customer.email}`}`,
    body: [
      facts([
        ["Created", time(customer.created)],
        ["Clock", idOf(customer.test_clock) ?? "default"],
        ["Balance", money(customer.balance, customer.currency)],
        ["Default payment method", idOf(customer.invoice_settings.default_payment_method) ?? "none"],
        ["Delinquent", customer.delinquent === true ? "yes" : "no"],
      ]),
      nextPaymentForm(context, customer),
      table("Subscriptions", store.listBy("subscription", "customer", id), subscriptionColumns(context), "None."),
      table("Invoices", store.listBy("invoice", "customer", id), invoiceColumns(context), "None."),
      timeline("Timeline", store.listBy("event", "customer", id).slice(0, LIST_LENGTH), "Nothing has happened."),
    ],
  };
}

function subscriptionColumns(context: ControlContext): Column<Stripe.Subscription>[] {
  return [
    { head: "Subscription", cell: (one) => link("subscriptions", one.id) },
    { head: "Customer", cell: (one) => customerLink(context, one.customer) },
    { head: "Status", cell: (one) => status(one.status) },
    { head: "Period ends", cell: (one) => time(one.items.data[0]?.current_period_end) },
    { head: "Cancels", cell: (one) => (one.cancel_at === null ? "–" : time(one.cancel_at)) },
  ];
}

/** Every subscription. */
export function subscriptionsPage(context: ControlContext, _id: string, query: URLSearchParams): Page {
  return {
    title: "Subscriptions",
    section: "subscriptions",
    lead: `${context.store.size("subscription")} in all`,
    body: listing(
      {
        heading: "Newest subscriptions",
        rows: context.store.records("subscription"),
        columns: subscriptionColumns(context),
        empty: "No subscriptions yet.",
        findBy: "Id, customer or status",
        words: ({ id, customer, status }) => [id, status, idOf(customer), customerName(context, customer)],
      },
      query,
    ),
  };
}

/** A subscription with its items and invoices. */
export function subscriptionPage(context: ControlContext, id: string): Page | null {
  const { store } = context;
  const subscription = store.find("subscription", id);
  if (subscription === undefined) return null;
  const items: Column<Stripe.SubscriptionItem>[] = [
    { head: "Price", cell: (one) => html`<span class="id">${one.price.id}</span>` },
    { head: "Product", cell: (one) => store.find("product", idOf(one.price.product) ?? "")?.name ?? "–" },
    { head: "Every", cell: (one) => one.price.recurring?.interval ?? "–" },
    { head: "Quantity", isNumber: true, cell: (one) => one.quantity ?? "–" },
    { head: "Unit price", isNumber: true, cell: (one) => money(one.price.unit_amount, one.price.currency) },
    { head: "Period", cell: (one) => [time(one.current_period_start), " – ", time(one.current_period_end)] },
  ];
  return {
    title: "Subscription",
    section: "subscriptions",
    lead: html`<span class="id">${id}</span>`,
    body: [
      facts([
        ["Customer", customerLink(context, subscription.customer)],
        ["Status", status(subscription.status)],
        ["Started", time(subscription.start_date)],
        ["Trial ends", time(subscription.trial_end)],
        ["Cancels", time(subscription.cancel_at)],
      ]),
      table("Items", subscription.items.data, items, "None."),
      table("Invoices", store.listBy("invoice", "subscription", id), invoiceColumns(context), "None."),
      timeline("Timeline", store.listBy("event", "object", id).slice(0, LIST_LENGTH), "Nothing has happened."),
    ],
  };
}

function invoiceColumns(context: ControlContext): Column<Stripe.Invoice>[] {
  return [
    { head: "Invoice", cell: (one) => link("invoices", one.id, one.number ?? one.id) },
    { head: "Customer", cell: (one) => customerLink(context, one.customer as string | null) },
    { head: "Status", cell: (one) => status(one.status) },
    { head: "Created", cell: (one) => time(one.created) },
    { head: "Total", isNumber: true, cell: (one) => money(one.total, one.currency) },
    { head: "Remaining", isNumber: true, cell: (one) => money(one.amount_remaining, one.currency) },
  ];
}

/** Every invoice. */
export function invoicesPage(context: ControlContext, _id: string, query: URLSearchParams): Page {
  return {
    title: "Invoices",
    section: "invoices",
    lead: `${context.store.size("invoice")} in all`,
    body: listing(
      {
        heading: "Newest invoices",
        rows: context.store.records("invoice"),
        columns: invoiceColumns(context),
        empty: "No invoices yet.",
        findBy: "Number, id, customer or status",
        words: (one) => [one.id, one.number, one.status, idOf(one.customer), customerName(context, one.customer)],
      },
      query,
    ),
  };
}

/** An invoice with its lines. */
export function invoicePage(context: ControlContext, id: string): Page | null {
  const { store } = context;
  const invoice = store.find("invoice", id);
  if (invoice === undefined) return null;
  const lines: Column<Stripe.InvoiceLineItem>[] = [
    { head: "Line", isWide: true, cell: (one) => one.description ?? one.id },
    { head: "Period", cell: (one) => [time(one.period.start), " – ", time(one.period.end)] },
    { head: "Quantity", isNumber: true, cell: (one) => one.quantity ?? "–" },
    { head: "Amount", isNumber: true, cell: (one) => money(one.amount, one.currency) },
  ];
  return {
    title: invoice.number === null ? "Draft invoice" : `Invoice ${invoice.number}`,
    section: "invoices",
    lead: html`<span class="id">${id}</span>`,
    body: [
      facts([
        ["Customer", customerLink(context, invoice.customer as string | null)],
        ["Status", status(invoice.status)],
        ["Total", money(invoice.total, invoice.currency)],
        ["Paid", money(invoice.amount_paid, invoice.currency)],
        ["Attempts", invoice.attempt_count],
        ["Next attempt", time(invoice.next_payment_attempt)],
      ]),
      table("Lines", store.listBy("invoice_line", "invoice", id).reverse(), lines, "None."),
      timeline("Timeline", store.listBy("event", "object", id).slice(0, LIST_LENGTH), "Nothing has happened."),
    ],
  };
}
