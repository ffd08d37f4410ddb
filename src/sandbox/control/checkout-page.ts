/** The page a checkout session's url leads to: who pays, a card form of the Stripe.js stand-in, and one button. */
import type { IncomingMessage, ServerResponse } from "node:http";
import type Stripe from "stripe";
import { moneyText } from "../billing/wire";
import { beginCheckout, finishCheckout } from "../checkout/complete";
import { lineItemsOf } from "../checkout/sessions";
import { StripeError } from "../http/errors";
import { readBody } from "../http/listener";
import type { ControlContext } from "./control";

const path = /^\/_sandbox\/checkout\/(cs_test_\w+)(\/begin|\/finish)?$/;

/** Serves the page and its two calls; false when the request is for something else. */
export async function handleCheckoutPage(
  context: ControlContext,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<boolean> {
  const match = path.exec(new URL(request.url ?? "/", "http://sandbox").pathname);
  if (match === null) return false;
  const [, id = "", step] = match;
  if (step === undefined) {
    const page = context.store.transaction((tx) => {
      const session = tx.find("checkout_session", id);
      return session ? pageOf(session, lineItemsOf(tx, id)) : null;
    });
    response.writeHead(page === null ? 404 : 200, { "content-type": "text/html; charset=utf-8" });
    response.end(page ?? "There is no such checkout session.\n");
    return true;
  }
  if (request.method !== "POST") return false;
  const { status, body } = answer(context, id, step, new URLSearchParams((await readBody(request)) ?? ""));
  await context.store.durable();
  response.writeHead(status, { "content-type": "application/json" });
  response.end(`${JSON.stringify(body)}\n`);
  return true;
}

function answer(context: ControlContext, id: string, step: string, form: URLSearchParams) {
  try {
    const email = form.get("email") ?? "";
    if (step === "/begin" && !/^[^\s@]+@[^\s@]+$/.test(email)) {
      return { status: 400, body: { error: { message: "Enter an email address." } } };
    }
    const body = context.store.transaction((tx) =>
      step === "/begin" ? beginCheckout(tx, id, { email, name: form.get("name") ?? "" }) : finishCheckout(tx, id),
    );
    return { status: 200, body };
  } catch (error) {
    if (error instanceof StripeError) return { status: error.status, body: { error: error.body } };
    throw error;
  }
}

const entities: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };

/** Text as it may stand in HTML, in quotes too. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => entities[character] ?? "");
}

/** The head of the sandbox's own small pages. */
export function headOf(title: string): string {
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="data:,">
<title>${escapeHtml(title)}</title>
<style>
  body { font: 16px/1.5 system-ui, sans-serif; max-width: 34rem; margin: 8vh auto; padding: 0 1.5rem; color: #1c1b19; background: #fff; }
  h1 { font-size: 1.5rem; } h2 { font-size: 1.1rem; margin-top: 2rem; }
  label { display: block; margin: 1rem 0 .25rem; }
  input { font: inherit; width: 100%; box-sizing: border-box; padding: .5rem; border: 1px solid #6b6862; }
  button { font: inherit; padding: .5rem 1rem; margin-top: 1rem; border: 1px solid; background: none; cursor: pointer; }
  table { width: 100%; border-collapse: collapse; } th, td { text-align: left; padding: .35rem 0; } td:last-child, th:last-child { text-align: right; }
  [role=alert] { color: #a1260d; min-height: 1.5em; }
</style>
`;
}

function pageOf(session: Stripe.Checkout.Session, items: readonly Stripe.LineItem[]): string {
  if (session.status !== "open") {
    return `${headOf("Checkout")}<main><h1>Checkout</h1><p>This session is ${session.status ?? "over"}.</p></main></html>\n`;
  }
  const currency = session.currency ?? "usd";
  const rows = items
    .map(
      (item) =>
        `<tr><th scope="row">${escapeHtml(item.description ?? "Item")} × ${item.quantity ?? 1}</th><td>${moneyText(String(item.amount_total), currency)}</td></tr>`,
    )
    .join("");
  const total = `<tr><th scope="row">Due today</th><td>${moneyText(String(session.amount_total ?? 0), currency)}</td></tr>`;
  const table = session.mode === "setup" ? "" : `<table>${rows}${total}</table>`;
  const isPaid = session.mode !== "setup" && (session.amount_total ?? 0) > 0;
  const options = isPaid ? { mode: session.mode, amount: session.amount_total, currency } : { mode: "setup", currency };
  const back = session.cancel_url === null ? "" : `<p><a href="${escapeHtml(session.cancel_url)}">Go back</a></p>`;
  const email = escapeHtml(session.customer_details?.email ?? "");
  const name = escapeHtml(session.customer_details?.name ?? "");
  return `${headOf("Checkout")}<main>
<h1>${session.mode === "setup" ? "Save a card" : "Checkout"}</h1>
<p>This is the checkout of the local Stripe sandbox. Use a test card such as 4242 4242 4242 4242.</p>
${table}
<form id="checkout">
  <label for="email">Email</label><input id="email" name="email" type="email" autocomplete="email" required value="${email}">
  <label for="name">Name</label><input id="name" name="name" autocomplete="name" value="${name}">
  <h2>Card</h2>
  <div id="payment"></div>
  <p role="alert" id="problem"></p>
  <button id="submit">${isPaid ? "Pay" : "Save card"}</button>
</form>
${back}
</main>
<script src="/stripe.js"></script>
<script>
${script(options)}
</script>
</html>
`;
}

/** The page's own script: begin, confirm with what was typed, finish. */
function script(options: object): string {
  const json = JSON.stringify(options).replaceAll("<", "\\u003c");
  return `const form = document.getElementById("checkout");
const stripe = Stripe("pk_test_sandbox");
const elements = stripe.elements(${json});
elements.create("payment").mount("#payment");
const call = async (step) => {
  const reply = await fetch(location.pathname + step, { method: "POST", body: new URLSearchParams(new FormData(form)) });
  return reply.json();
};
const pay = async () => {
  const checked = await elements.submit();
  if (checked.error) return checked.error;
  const begun = await call("/begin");
  if (begun.error) return begun.error;
  const confirm = begun.kind === "setup_intent" ? "confirmSetup" : "confirmPayment";
  const done = await stripe[confirm]({ elements, clientSecret: begun.clientSecret, redirect: "if_required" });
  if (done.error) return done.error;
  const finished = await call("/finish");
  if (finished.error) return finished.error;
  location.assign(finished.returnTo);
};
form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const [button, problem] = [document.getElementById("submit"), document.getElementById("problem")];
  button.disabled = true;
  problem.textContent = "";
  const error = await pay();
  if (error) problem.textContent = error.message;
  button.disabled = false;
});`;
}
