/** The HTML of a portal session's pages: the home page with everything, and one page per thing a customer can do. */
import type Stripe from "stripe";
import { dayText, moneyText } from "../billing/wire";
import { configurationOf } from "../portal/sessions";
import { idOf } from "../store/indexes";
import type { Transaction } from "../store/transaction";
import { escapeHtml, headOf } from "./page-head";

type Session = Stripe.BillingPortal.Session;

/** A page: its heading and its body. */
export interface PortalPart {
  title: string;
  body: string;
}

/** The whole document around a part; a problem stands above it. */
export function portalDocument(tx: Transaction, session: Session, part: PortalPart, problem: string | null): string {
  const { business_profile: profile } = configurationOf(tx, session);
  const links = [
    [session.return_url, "Return"],
    [profile.terms_of_service_url, "Terms of service"],
    [profile.privacy_policy_url, "Privacy"],
  ] as const;
  const foot = links.flatMap(([url, label]) => (url ? [`<a href="${escapeHtml(url)}">${label}</a>`] : [])).join(" · ");
  const alert = problem === null ? "" : `<p role="alert">${escapeHtml(problem)}</p>`;
  return `${headOf("Customer portal")}<body>
<main>
<h1>${part.title}</h1>
<p class="lead">This is the customer portal of the local Stripe sandbox.</p>
${alert}
${part.body}
${foot === "" ? "" : `<p>${foot}</p>`}
</main>
</body>
</html>
`;
}

/** Everything a customer has, with what the configuration lets them do. */
export function homePart(tx: Transaction, session: Session): PortalPart {
  const { features, business_profile: profile } = configurationOf(tx, session);
  const subscriptions = tx
    .listBy("subscription", "customer", session.customer)
    .filter(({ status }) => status !== "incomplete_expired")
    .map((subscription) => subscriptionPart(tx, subscription, features));
  const customer = tx.get("customer", session.customer);
  return {
    title: escapeHtml(profile.headline ?? "Customer portal"),
    body: [
      "<h2>Subscriptions</h2>",
      subscriptions.length === 0 ? "<p>None.</p>" : subscriptions.join("\n"),
      features.payment_method_update.enabled ? methodsPart(tx, session) : "",
      features.customer_update.enabled ? detailsPart(customer) : "",
      features.invoice_history.enabled
        ? `<h2>Invoices</h2>${invoiceTable(tx.listBy("invoice", "customer", session.customer))}`
        : "",
    ].join("\n"),
  };
}

/** What a subscription is called: the products it consists of. */
export function nameOf(tx: Transaction, subscription: Stripe.Subscription): string {
  const names = subscription.items.data.map((item) => {
    const name = tx.find("product", idOf(item.price.product) ?? "")?.name ?? item.price.id;
    return escapeHtml((item.quantity ?? 1) > 1 ? `${name} × ${item.quantity}` : name);
  });
  return names.join(", ");
}

/** "$10.00 every month", of one unit. */
export function priceText(price: Stripe.Price): string {
  const every = price.recurring
    ? ` every ${price.recurring.interval_count === 1 ? price.recurring.interval : `${price.recurring.interval_count} ${price.recurring.interval}s`}`
    : "";
  const amount = price.unit_amount === null ? "" : moneyText(String(price.unit_amount), price.currency);
  return `${amount}${every}`.trim();
}

/** "visa •••• 4242", or the bank account's end. */
export function methodText(method: Stripe.PaymentMethod): string {
  const { card } = method;
  if (card) return `${escapeHtml(card.brand)} ending in ${card.last4}, expires ${card.exp_month}/${card.exp_year}`;
  const account = method.us_bank_account ?? method.sepa_debit;
  return `${method.type === "sepa_debit" ? "SEPA debit" : "bank account"} ending in ${account?.last4 ?? ""}`;
}

function subscriptionPart(
  tx: Transaction,
  subscription: Stripe.Subscription,
  features: Stripe.BillingPortal.Configuration.Features,
): string {
  const name = nameOf(tx, subscription);
  const end = subscription.cancel_at;
  const state = end === null ? subscription.status : `${subscription.status}, ends ${dayText(end)}`;
  const isOver = subscription.status === "canceled";
  const isPaused = subscription.status === "paused";
  const hasPlans = features.subscription_update.enabled && subscription.items.data.length === 1;
  const waiting = subscription.schedule === null ? "" : '<p class="quiet">A change is planned.</p>';
  const links = [
    ...(hasPlans && end === null && !isPaused ? [viewButton(subscription.id, "update", "Change plan", name)] : []),
    ...(features.subscription_pause.enabled && !isPaused && end === null
      ? [viewButton(subscription.id, "pause", "Pause", name)]
      : []),
    ...(features.subscription_pause.enabled && isPaused
      ? [actionButton(subscription.id, "resume", "Resume", name)]
      : []),
    ...(features.subscription_cancel.enabled && end === null
      ? [viewButton(subscription.id, "cancel", "Cancel", name)]
      : []),
    ...(features.subscription_cancel.enabled && end !== null
      ? [actionButton(subscription.id, "keep", "Keep", name)]
      : []),
  ];
  const item = subscription.items.data[0];
  const price =
    item === undefined || subscription.items.data.length > 1 ? "" : `<p class="quiet">${priceText(item.price)}</p>`;
  return `<section><p>${name}: ${state}</p>${price}${waiting}${isOver ? "" : `<div class="actions">${links.join("")}</div>`}</section>`;
}

function viewButton(subscription: string, view: string, label: string, name: string): string {
  return `<form method="get"><input type="hidden" name="view" value="${view}"><input type="hidden" name="subscription" value="${subscription}"><button aria-label="${label} ${name}">${label}</button></form>`;
}

function actionButton(subscription: string, action: string, label: string, name: string): string {
  return `<form method="post"><input type="hidden" name="subscription" value="${subscription}"><button name="do" value="${action}" aria-label="${label} ${name}">${label}</button></form>`;
}

function methodsPart(tx: Transaction, session: Session): string {
  const customer = tx.get("customer", session.customer);
  const standard = idOf(customer.invoice_settings.default_payment_method);
  const rows = tx.listBy("payment_method", "customer", session.customer).map((method) => {
    const text = methodText(method);
    const hidden = `<input type="hidden" name="payment_method" value="${method.id}">`;
    const actions =
      method.id === standard
        ? ""
        : `<form method="post">${hidden}<button name="do" value="use_method" aria-label="Make ${text} the default">Make default</button></form><form method="post">${hidden}<button name="do" value="remove_method" aria-label="Remove ${text}">Remove</button></form>`;
    const mark = method.id === standard ? ' <span class="quiet">(default)</span>' : "";
    return `<section><p class="card-name">${text}${mark}</p><div class="actions">${actions}</div></section>`;
  });
  return `<h2>Payment methods</h2>${rows.length === 0 ? "<p>None.</p>" : rows.join("")}
<form method="get" class="actions"><input type="hidden" name="view" value="payment-method"><button>Add payment method</button></form>`;
}

function detailsPart(customer: Stripe.Customer): string {
  const { address } = customer;
  const lines = [
    customer.name,
    customer.email,
    customer.phone,
    address === null || address === undefined
      ? null
      : [address.line1, address.line2, address.city, address.state, address.postal_code, address.country]
          .filter((part) => part)
          .join(", "),
  ].filter((line) => line);
  return `<h2>Billing details</h2><section><p>${lines.map((line) => escapeHtml(line ?? "")).join("<br>") || "None."}</p>
<form method="get" class="actions"><input type="hidden" name="view" value="details"><button>Change billing details</button></form></section>`;
}

function invoiceTable(invoices: readonly Stripe.Invoice[]): string {
  const rows = invoices
    .filter((invoice) => invoice.status !== "draft")
    .map((invoice) => {
      const number = escapeHtml(invoice.number ?? "");
      const link = invoice.hosted_invoice_url
        ? `<a href="${escapeHtml(invoice.hosted_invoice_url)}">${number}</a>`
        : number;
      return `<tr><td>${link}</td><td>${dayText(invoice.created)}</td><td>${invoice.status}</td><td class="number">${moneyText(String(invoice.total), invoice.currency)}</td></tr>`;
    });
  if (rows.length === 0) return "<p>None.</p>";
  return `<div class="scroll"><table><thead><tr><th>Number</th><th>Date</th><th>Status</th><th class="number">Total</th></tr></thead><tbody>${rows.join("")}</tbody></table></div>`;
}
