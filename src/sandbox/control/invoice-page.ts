/** The hosted page of a finalised invoice: it can be read, downloaded, and, while it is open, paid. */
import type { IncomingMessage, ServerResponse } from "node:http";
import type Stripe from "stripe";
import { paymentMethodFor } from "../billing/collect";
import { defaultIntent } from "../billing/invoice-payments";
import { payInvoice } from "../billing/manual-invoice";
import { StripeError } from "../http/errors";
import type { Transaction } from "../store/transaction";
import type { ControlContext } from "./control";
import { invoicePdf } from "./invoice-pdf";
import { type InvoiceText, invoiceText } from "./invoice-text";
import { escapeHtml, headOf } from "./page-head";

const path = /^\/_sandbox\/invoices\/(in_\w+)(\/pdf|\/pay)?$/;

/** Serves the page, its PDF, and the button that pays with the saved method; false when the request is for something else. */
export async function handleInvoicePage(
  context: ControlContext,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<boolean> {
  const url = new URL(request.url ?? "/", "http://sandbox");
  const match = path.exec(url.pathname);
  if (match === null) return false;
  const [, id = "", step] = match;
  if (step === "/pay") {
    if (request.method !== "POST") return false;
    const problem = pay(context, id);
    await context.store.durable();
    const query = problem === null ? "" : `?problem=${encodeURIComponent(problem)}`;
    response.writeHead(303, { location: `/_sandbox/invoices/${id}${query}` });
    response.end();
    return true;
  }
  const answer = context.store.transaction((tx) => {
    const invoice = tx.find("invoice", id);
    if (!invoice || invoice.status === "draft") return null;
    const text = invoiceText(tx, invoice);
    if (step === "/pdf") return { type: "application/pdf", body: invoicePdf(text, invoice.rendering) };
    const body = pageOf(invoice, text, payable(tx, invoice), url.searchParams.get("problem"));
    return { type: "text/html; charset=utf-8", body };
  });
  const headers: Record<string, string> = { "content-type": answer?.type ?? "text/plain; charset=utf-8" };
  if (answer && step === "/pdf") headers["content-disposition"] = `inline; filename="${id}.pdf"`;
  response.writeHead(answer === null ? 404 : 200, headers);
  response.end(answer?.body ?? "There is no such finalized invoice.\n");
  return true;
}

/** What the page offers while something is to be paid. */
interface Payable {
  clientSecret: string;
  savedMethod: string | null;
}

function payable(tx: Transaction, invoice: Stripe.Invoice): Payable | null {
  const intent = defaultIntent(tx, invoice.id);
  const isOpen = invoice.status === "open" || invoice.status === "uncollectible";
  if (!isOpen || !intent?.client_secret || intent.status === "processing") return null;
  const method = tx.find("payment_method", paymentMethodFor(tx, invoice) ?? "");
  const digits = method?.card?.last4 ?? method?.us_bank_account?.last4 ?? method?.sepa_debit?.last4;
  return {
    clientSecret: intent.client_secret,
    savedMethod: digits ? `${method?.card?.brand ?? "account"} ending in ${digits}` : null,
  };
}

function pay(context: ControlContext, id: string): string | null {
  try {
    context.store.transaction((tx) => payInvoice(tx, tx.get("invoice", id), { off_session: false }));
    return null;
  } catch (error) {
    if (error instanceof StripeError) return error.body.message;
    throw error;
  }
}

function pageOf(invoice: Stripe.Invoice, text: InvoiceText, offer: Payable | null, problem: string | null): string {
  const row = ([name, value]: [string, string]) => `<dt>${escapeHtml(name)}</dt><dd>${escapeHtml(value)}</dd>`;
  const lines = text.lines.map(
    (line) =>
      `<tr><th scope="row">${escapeHtml(line.description)}${line.period === null ? "" : `<small>${escapeHtml(line.period)}</small>`}</th><td>${escapeHtml(line.quantity)}</td><td>${escapeHtml(line.amount)}</td></tr>`,
  );
  const totals = [...text.totals, text.due].map(
    ([name, value]) => `<tr><th scope="row" colspan="2">${escapeHtml(name)}</th><td>${escapeHtml(value)}</td></tr>`,
  );
  return `${headOf(text.title)}<style>${style}</style>
<main class="invoice">
<header><p class="seller">${escapeHtml(text.seller)}</p><h1>${escapeHtml(text.title)}</h1>
<p class="due"><span>${escapeHtml(text.due[0])}</span> <strong>${escapeHtml(text.due[1])}</strong> <em>${escapeHtml(text.status)}</em></p></header>
<dl>${text.facts.map(row).join("")}</dl>
<section><h2>Bill to</h2><p>${text.billTo.map(escapeHtml).join("<br>")}</p></section>
<table>
<thead><tr><th scope="col">Description</th><th scope="col">Quantity</th><th scope="col">Amount</th></tr></thead>
<tbody>${lines.join("\n")}</tbody>
<tfoot>${totals.join("\n")}</tfoot>
</table>
${text.notes.map((note) => `<p>${escapeHtml(note)}</p>`).join("")}
<p><a href="/_sandbox/invoices/${invoice.id}/pdf">Download as PDF</a></p>
<p role="alert" id="problem">${escapeHtml(problem ?? "")}</p>
${offer === null ? "" : payment(invoice, text, offer)}
</main>
</html>
`;
}

function payment(invoice: Stripe.Invoice, text: InvoiceText, offer: Payable): string {
  const saved =
    offer.savedMethod === null
      ? ""
      : `<form method="post" action="/_sandbox/invoices/${invoice.id}/pay"><button>Pay ${escapeHtml(text.due[1])} with the saved ${escapeHtml(offer.savedMethod)}</button></form>`;
  return `<section><h2>Pay this invoice</h2>
<p>This is the local Stripe sandbox. Use a test card such as 4242 4242 4242 4242.</p>
${saved}
<form id="pay"><div id="payment"></div><button id="submit">Pay ${escapeHtml(text.due[1])}</button></form></section>
<script src="/stripe.js"></script>
<script>
const stripe = Stripe("pk_test_sandbox");
const elements = stripe.elements({ clientSecret: ${JSON.stringify(offer.clientSecret)} });
elements.create("payment").mount("#payment");
document.getElementById("pay").addEventListener("submit", async (event) => {
  event.preventDefault();
  const [button, problem] = [document.getElementById("submit"), document.getElementById("problem")];
  button.disabled = true;
  problem.textContent = "";
  const done = await stripe.confirmPayment({ elements, redirect: "if_required", confirmParams: { return_url: location.origin + location.pathname } });
  if (!done.error) location.assign(location.pathname);
  else problem.textContent = done.error.message;
  button.disabled = false;
});
</script>`;
}

const style = `
.invoice form { margin: 24px 0; } .invoice dl { margin-bottom: 24px; } #submit { margin-top: 20px; }
.seller, .invoice dt { color: var(--quiet); } .seller { margin: 0; }
.due strong { font-size: 24px; font-variant-numeric: tabular-nums; } .due em { font-style: normal; border: 1px solid var(--rule); padding: 0 8px; margin-left: 8px; }
.invoice dl { display: grid; grid-template-columns: max-content 1fr; gap: 2px 24px; } .invoice dd { margin: 0; }
.invoice th { font-weight: 400; font-size: inherit; color: inherit; white-space: normal; padding-left: 0; }
.invoice td, .invoice thead th + th { text-align: right; white-space: nowrap; vertical-align: top; padding-right: 0; }
.invoice thead th { color: var(--quiet); } .invoice th small { display: block; color: var(--quiet); }
.invoice tfoot tr:last-child > * { font-weight: 600; }
`;
