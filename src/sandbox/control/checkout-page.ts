/** The page a checkout session's url leads to, and the calls its script makes. What they do is in checkout/. */
import type { IncomingMessage, ServerResponse } from "node:http";
import type Stripe from "stripe";
import { applyPromotion, beginCheckout, changeQuantity, finishCheckout } from "../checkout/complete";
import { lineItemsOf, recoverSession } from "../checkout/sessions";
import { StripeError } from "../http/errors";
import { readBody } from "../http/listener";
import { idOf } from "../store/indexes";
import type { Transaction } from "../store/transaction";
import { checkoutPage, closedPage, stateOf } from "./checkout-view";
import type { ControlContext } from "./control";

export { escapeHtml, headOf } from "./page-head";

const path = /^\/_sandbox\/checkout\/(cs_test_\w+)(?:\/(begin|finish|promotion|quantity))?$/;
const recoveryPath = /^\/_sandbox\/checkout\/recover\/(cs_test_\w+)$/;

/** Serves the page and its calls; false when the request is for something else. */
export async function handleCheckoutPage(
  context: ControlContext,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<boolean> {
  const { pathname } = new URL(request.url ?? "/", "http://sandbox");
  const recovered = recoveryPath.exec(pathname)?.[1];
  if (recovered !== undefined) return recover(context, recovered, response);
  const match = path.exec(pathname);
  if (match === null) return false;
  const [, id = "", step] = match;
  if (step === undefined) {
    const page = context.store.transaction((tx) => {
      const session = tx.find("checkout_session", id);
      return session ? pageOf(tx, session) : null;
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

/** Opens an expired session once more, as a new one. */
async function recover(context: ControlContext, id: string, response: ServerResponse): Promise<true> {
  try {
    const copy = context.store.transaction((tx) => recoverSession(tx, id));
    await context.store.durable();
    response.writeHead(303, { location: copy.url ?? `/_sandbox/checkout/${copy.id}` });
    response.end();
  } catch (error) {
    if (!(error instanceof StripeError)) throw error;
    response.writeHead(error.status, { "content-type": "text/plain; charset=utf-8" });
    response.end(`${error.message}\n`);
  }
  return true;
}

function answer(context: ControlContext, id: string, step: string, form: URLSearchParams) {
  try {
    return { status: 200, body: context.store.transaction((tx) => perform(tx, id, step, form)) };
  } catch (error) {
    if (error instanceof StripeError) return { status: error.status, body: { error: error.body } };
    throw error;
  }
}

function perform(tx: Transaction, id: string, step: string, form: URLSearchParams): object {
  const text = (name: string) => (form.get(name) ?? "").trim();
  if (step === "finish") return finishCheckout(tx, id);
  if (step === "promotion") return stateNow(tx, applyPromotion(tx, id, text("code")));
  if (step === "quantity") return stateNow(tx, changeQuantity(tx, id, text("item"), Number(text("quantity"))));
  const [type, value] = [text("tax_id_type"), text("tax_id_value")];
  return beginCheckout(tx, id, {
    email: text("email"),
    name: text("name"),
    phone: text("phone"),
    businessName: text("business_name"),
    taxId: type === "" && value === "" ? null : { type, value },
    address: {
      line1: text("line1"),
      line2: text("line2"),
      city: text("city"),
      state: text("state"),
      postalCode: text("postal_code"),
      country: text("country").toUpperCase(),
    },
  });
}

function stateNow(tx: Transaction, session: Stripe.Checkout.Session): object {
  return stateOf(session, lineItemsOf(tx, session.id), codeTextOf(tx, session));
}

/** The promotion code as its customer typed it; empty for none. */
function codeTextOf(tx: Transaction, session: Stripe.Checkout.Session): string {
  const id = idOf(session.discounts?.[0]?.promotion_code);
  return id === null ? "" : (tx.find("promotion_code", id)?.code ?? "");
}

function pageOf(tx: Transaction, session: Stripe.Checkout.Session): string {
  if (session.status !== "open") return closedPage(session);
  return checkoutPage(session, lineItemsOf(tx, session.id), codeTextOf(tx, session));
}
