/** The pages a portal session's url leads to, and their forms. What they do is in portal/; plain forms, no script but Stripe.js. */
import type { IncomingMessage, ServerResponse } from "node:http";
import type Stripe from "stripe";
import { StripeError } from "../http/errors";
import { readBody } from "../http/listener";
import {
  acceptOffer,
  beginSaving,
  cancelInPortal,
  changeDetails,
  keepInPortal,
  pauseInPortal,
  removeMethod,
  resumeInPortal,
  useMethod,
} from "../portal/actions";
import { changePlan, type WantedPlan } from "../portal/plan-change";
import { ownSubscription } from "../portal/sessions";
import { idOf } from "../store/indexes";
import type { Transaction } from "../store/transaction";
import type { ControlContext } from "./control";
import { cancelPart, confirmPart, detailsPart, donePart, methodPart, pausePart, updatePart } from "./portal-forms";
import { homePart, type PortalPart, portalDocument } from "./portal-view";

type Session = Stripe.BillingPortal.Session;

const path = /^\/_sandbox\/portal\/(bps_\w+)$/;

/** Serves the pages and takes their forms; false when the request is for something else. */
export async function handlePortalPage(
  context: ControlContext,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<boolean> {
  const url = new URL(request.url ?? "/", "http://sandbox");
  const id = path.exec(url.pathname)?.[1];
  if (id === undefined) return false;
  if (request.method !== "POST") {
    send(response, showPage(context, id, url.searchParams, null));
    return true;
  }
  const form = new URLSearchParams((await readBody(request)) ?? "");
  const wantsJson = (request.headers.accept ?? "").includes("json");
  const outcome = act(context, id, form);
  await context.store.durable();
  if (wantsJson) {
    const { status, ...body } = outcome;
    response.writeHead(status, { "content-type": "application/json" });
    response.end(`${JSON.stringify(body)}\n`);
  } else if (outcome.returnTo !== undefined) {
    response.writeHead(303, { location: outcome.returnTo });
    response.end();
  } else {
    const page = showPage(context, id, form, outcome.error?.message ?? null);
    send(response, { ...page, status: page.status === 404 ? 404 : outcome.status });
  }
  return true;
}

interface Page {
  status: number;
  html: string;
}

function send(response: ServerResponse, page: Page): void {
  response.writeHead(page.status, { "content-type": "text/html; charset=utf-8" });
  response.end(page.html);
}

function showPage(context: ControlContext, id: string, query: URLSearchParams, problem: string | null): Page {
  return context.store.transaction((tx) => {
    const session = tx.find("portal_session", id);
    if (session === undefined) return { status: 404, html: "There is no such portal session.\n" };
    try {
      return { status: 200, html: portalDocument(tx, session, partOf(tx, session, query), problem) };
    } catch (error) {
      if (!(error instanceof StripeError)) throw error;
      const words = problem ?? error.message;
      return { status: 400, html: portalDocument(tx, session, fallback(tx, session), words) };
    }
  });
}

/** Where a page cannot be shown: the form the customer came from, or in a flow only the words of the problem. */
function fallback(tx: Transaction, session: Session): PortalPart {
  return session.flow === null ? homePart(tx, session) : { title: "Customer portal", body: "" };
}

/** The page that was asked for; a flow has its own until it is over. */
function partOf(tx: Transaction, session: Session, query: URLSearchParams): PortalPart {
  const flow = session.flow;
  const view = query.get("view") ?? (flow === null ? "home" : flow.type);
  const subscription = query.get("subscription") ?? subscriptionOf(session) ?? "";
  switch (view) {
    case "cancel":
    case "subscription_cancel":
      return cancelPart(tx, session, subscription);
    case "pause":
    case "subscription_pause":
      return pausePart(tx, session, subscription);
    case "update":
    case "subscription_update":
      return updatePart(tx, session, subscription);
    case "confirm":
    case "subscription_update_confirm":
      return confirmPart(tx, session, wantedPlan(tx, session, query), fieldsOf(query, subscription));
    case "payment-method":
    case "payment_method_update":
      return methodPart(session);
    case "details":
    case "customer_update":
      return detailsPart(tx, session);
    case "done":
      return donePart(session);
    default:
      return homePart(tx, session);
  }
}

function subscriptionOf({ flow }: Session): string | undefined {
  const part =
    flow?.subscription_cancel ??
    flow?.subscription_pause ??
    flow?.subscription_update ??
    flow?.subscription_update_confirm;
  return part?.subscription;
}

function fieldsOf(query: URLSearchParams, subscription: string): Record<string, string> {
  const names = ["price", "quantity", "code"].flatMap((name) => {
    const value = query.get(name);
    return value ? [[name, value] as const] : [];
  });
  return { subscription, view: "confirm", ...Object.fromEntries(names) };
}

/** The change a form or a flow asks for. */
function wantedPlan(tx: Transaction, session: Session, form: URLSearchParams): WantedPlan {
  const planned = session.flow?.subscription_update_confirm;
  const id = planned?.subscription ?? form.get("subscription") ?? subscriptionOf(session) ?? "";
  const subscription = ownSubscription(tx, session.customer, id);
  if (planned) {
    const items = planned.items.map(({ id: item, price, quantity }) => {
      const current = subscription.items.data.find((one) => one.id === item);
      return { id: item ?? "", price: price ?? "", quantity: quantity ?? current?.quantity ?? 1 };
    });
    const discounts = planned.discounts?.map(({ coupon, promotion_code: code }) => ({
      ...(coupon === null ? {} : { coupon }),
      ...(code === null ? {} : { promotion_code: code }),
    }));
    return { subscription: id, items, ...(discounts === undefined ? {} : { discounts }) };
  }
  const item = subscription.items.data[0];
  const text = (form.get("code") ?? "").trim().toLowerCase();
  const code =
    text === "" ? undefined : tx.list("promotion_code", (one) => one.active && one.code.toLowerCase() === text)[0];
  const kept = subscription.discounts.map((discount) => ({ discount: idOf(discount) ?? "" }));
  return {
    subscription: id,
    items: [
      {
        id: item?.id ?? "",
        price: form.get("price") || (item?.price.id ?? ""),
        quantity: Number(form.get("quantity") || (item?.quantity ?? 1)),
      },
    ],
    ...(text === "" ? {} : { discounts: [...kept, { promotion_code: code?.id ?? text }] }),
  };
}

interface Outcome {
  status: number;
  returnTo?: string;
  clientSecret?: string | null;
  error?: { message: string };
}

function act(context: ControlContext, id: string, form: URLSearchParams): Outcome {
  try {
    return context.store.transaction((tx): Outcome => {
      const session = tx.get("portal_session", id);
      if (form.get("do") === "begin_method") {
        return { status: 200, clientSecret: beginSaving(tx, session).client_secret };
      }
      perform(tx, session, form);
      return { status: 200, returnTo: destination(session, form.get("do") ?? "") };
    });
  } catch (error) {
    if (error instanceof StripeError) return { status: error.status, error: { message: error.message } };
    throw error;
  }
}

function perform(tx: Transaction, session: Session, form: URLSearchParams): void {
  const subscription = form.get("subscription") ?? subscriptionOf(session) ?? "";
  const method = form.get("payment_method") ?? "";
  const said = { feedback: form.get("feedback") ?? undefined, comment: form.get("comment")?.trim() };
  const actions: Record<string, () => void> = {
    accept_offer: () => acceptOffer(tx, session),
    cancel: () => cancelInPortal(tx, session, subscription, said),
    change_details: () => changeDetails(tx, session, typedDetails(form)),
    change_plan: () => changePlan(tx, session, wantedPlan(tx, session, form)),
    keep: () => keepInPortal(tx, session, subscription),
    pause: () => pauseInPortal(tx, session, subscription, form.get("span") ?? ""),
    remove_method: () => removeMethod(tx, session, method),
    resume: () => resumeInPortal(tx, session, subscription),
    use_method: () => useMethod(tx, session, method),
  };
  const action = actions[form.get("do") ?? ""];
  if (action === undefined)
    throw new StripeError(400, { type: "invalid_request_error", message: "There is no such action." });
  action();
}

function typedDetails(form: URLSearchParams) {
  const text = (name: string) => form.get(name)?.trim();
  const address = (prefix: string): Stripe.Address | undefined =>
    form.get(`${prefix}line1`) === null
      ? undefined
      : {
          city: text(`${prefix}city`) || null,
          country: text(`${prefix}country`)?.toUpperCase() || null,
          line1: text(`${prefix}line1`) || null,
          line2: text(`${prefix}line2`) || null,
          postal_code: text(`${prefix}postal_code`) || null,
          state: text(`${prefix}state`) || null,
        };
  const shipping = address("shipping_");
  const [type, value] = [text("tax_id_type"), text("tax_id_value")];
  return {
    name: text("name"),
    email: text("email"),
    phone: text("phone"),
    address: address(""),
    shipping:
      shipping === undefined || !shipping.line1 ? undefined : { name: text("shipping_name") ?? "", address: shipping },
    taxId: type && value ? { type, value } : undefined,
  };
}

/** Where the customer goes when something is done: as the flow says, else home. */
function destination(session: Session, action: string): string {
  const home = `/_sandbox/portal/${session.id}`;
  if (session.flow === null || action === "remove_method") return home;
  const after = session.flow.after_completion;
  if (after.redirect !== null) return after.redirect.return_url;
  return after.type === "hosted_confirmation" ? `${home}?view=done` : `${home}?view=home`;
}
