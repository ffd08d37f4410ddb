/** The page a portal session's url leads to: the customer's subscriptions, with a way to end them, and the invoices. */
import type { IncomingMessage, ServerResponse } from "node:http";
import type Stripe from "stripe";
import { dayText, moneyText } from "../billing/wire";
import { StripeError } from "../http/errors";
import { readBody } from "../http/listener";
import { cancelInPortal, configurationOf, keepInPortal } from "../portal/sessions";
import type { Transaction } from "../store/transaction";
import type { ControlContext } from "./control";
import { escapeHtml, headOf } from "./page-head";

const path = /^\/_sandbox\/portal\/(bps_\w+)$/;

/** Serves the page and takes its forms; false when the request is for something else. */
export async function handlePortalPage(
  context: ControlContext,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<boolean> {
  const id = path.exec(new URL(request.url ?? "/", "http://sandbox").pathname)?.[1];
  if (id === undefined) return false;
  if (request.method === "POST") {
    const form = new URLSearchParams((await readBody(request)) ?? "");
    const { status, location, text } = act(context, id, form);
    await context.store.durable();
    response.writeHead(status, {
      "content-type": "text/plain; charset=utf-8",
      ...(location === null ? {} : { location }),
    });
    response.end(text);
    return true;
  }
  const page = context.store.transaction((tx) => {
    const session = tx.find("portal_session", id);
    return session ? pageOf(tx, session) : null;
  });
  response.writeHead(page === null ? 404 : 200, { "content-type": "text/html; charset=utf-8" });
  response.end(page ?? "There is no such portal session.\n");
  return true;
}

function act(context: ControlContext, id: string, form: URLSearchParams) {
  try {
    const location = context.store.transaction((tx) => {
      const session = tx.get("portal_session", id);
      const subscription = form.get("subscription") ?? "";
      if (form.get("do") === "keep") keepInPortal(tx, session, subscription);
      else cancelInPortal(tx, session, subscription);
      return session.flow?.after_completion.redirect?.return_url ?? `/_sandbox/portal/${id}`;
    });
    return { status: 303, location, text: "" };
  } catch (error) {
    if (error instanceof StripeError) return { status: error.status, location: null, text: `${error.message}\n` };
    throw error;
  }
}

function pageOf(tx: Transaction, session: Stripe.BillingPortal.Session): string {
  const { features, business_profile: profile } = configurationOf(tx, session);
  const wanted = session.flow?.subscription_cancel?.subscription;
  const subscriptions = tx
    .listBy("subscription", "customer", session.customer)
    .filter((subscription) => wanted === undefined || subscription.id === wanted)
    .map((subscription) => subscriptionPart(tx, subscription, features.subscription_cancel.enabled));
  const invoices = features.invoice_history.enabled
    ? `<h2>Invoices</h2>${invoiceTable(tx.listBy("invoice", "customer", session.customer))}`
    : "";
  const back = session.return_url === null ? "" : `<p><a href="${escapeHtml(session.return_url)}">Return</a></p>`;
  return `${headOf("Customer portal")}<main>
<h1>${escapeHtml(profile.headline ?? "Customer portal")}</h1>
<p>This is the customer portal of the local Stripe sandbox.</p>
<h2>Subscriptions</h2>
${subscriptions.length === 0 ? "<p>None.</p>" : subscriptions.join("\n")}
${wanted === undefined ? invoices : ""}
${back}
</main></html>
`;
}

function subscriptionPart(tx: Transaction, subscription: Stripe.Subscription, mayCancel: boolean): string {
  const names = subscription.items.data.map((item) => {
    const product = typeof item.price.product === "string" ? tx.find("product", item.price.product) : undefined;
    return escapeHtml(product?.name ?? item.price.id);
  });
  const name = names.join(", ");
  const end = subscription.cancel_at;
  const state = end === null ? subscription.status : `${subscription.status}, ends ${dayText(end)}`;
  const isOver = subscription.status === "canceled" || subscription.status === "incomplete_expired";
  const [action, label] = end === null ? ["cancel", "Cancel"] : ["keep", "Keep"];
  const button =
    isOver || !mayCancel
      ? ""
      : `<form method="post"><input type="hidden" name="subscription" value="${subscription.id}"><button name="do" value="${action}" aria-label="${label} ${name}">${label}</button></form>`;
  return `<section><p>${name}: ${state}</p>${button}</section>`;
}

function invoiceTable(invoices: readonly Stripe.Invoice[]): string {
  const rows = invoices
    .filter((invoice) => invoice.status !== "draft")
    .map(
      (invoice) =>
        `<tr><td>${escapeHtml(invoice.number ?? "")}</td><td>${dayText(invoice.created)}</td><td>${invoice.status}</td><td>${moneyText(String(invoice.total), invoice.currency)}</td></tr>`,
    );
  return `<table><thead><tr><th>Number</th><th>Date</th><th>Status</th><th>Total</th></tr></thead><tbody>${rows.join("")}</tbody></table>`;
}
