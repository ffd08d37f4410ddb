/** Controls over payments: what a customer's next charge comes to, and how an authentication ends. */
import { authenticatePaymentIntent } from "../payments/confirm";
import { authenticateSetupIntent } from "../payments/setup";
import type { Transaction } from "../store/transaction";
import { BadControlRequest, type ControlContext, type ControlRequest } from "./control";

/** Decides a customer's next charge attempt, whatever card it is made with. */
export function setNextPayment(
  context: ControlContext,
  request: ControlRequest,
): { customer: string; outcome: string } {
  const { outcome } = request.body;
  if (typeof outcome !== "string" || outcome === "") {
    throw new BadControlRequest('"outcome" must be a failure or decline code, for example "card_declined".');
  }
  context.store.transaction((tx) => {
    const customer = tx.get("customer", request.id);
    tx.put("next_payment", { id: customer.id, outcome });
  });
  return { customer: request.id, outcome };
}

/** The state an intent has come to after its authentication. */
export interface Authenticated {
  id: string;
  object: "payment_intent" | "setup_intent";
  status: string;
  /** Where a redirect goes now; null when the browser library showed the challenge. */
  returnTo: string | null;
}

/** Ends the authentication of the intent behind a client secret, whichever kind of intent it is. */
export function endAuthentication(tx: Transaction, clientSecret: string, succeeded: boolean): Authenticated {
  const id = clientSecret.split("_secret_")[0] ?? "";
  const intent = tx.find("payment_intent", id) ?? tx.find("setup_intent", id);
  if (intent === undefined || intent.client_secret !== clientSecret) {
    throw new BadControlRequest("The client_secret belongs to no intent.");
  }
  const after =
    intent.object === "payment_intent"
      ? authenticatePaymentIntent(tx, intent, succeeded).paymentIntent
      : authenticateSetupIntent(tx, intent, succeeded).setupIntent;
  const { id: afterId, object, status } = after;
  const returnUrl = tx.find("intent_secret", id)?.returnUrl ?? null;
  const returnTo = returnUrl === null ? null : withResult(returnUrl, object, afterId, clientSecret, status);
  return { id: afterId, object, status, returnTo };
}

/** The return_url with the query Stripe adds to it. */
function withResult(url: string, object: string, id: string, clientSecret: string, status: string): string {
  if (!URL.canParse(url)) return url;
  const target = new URL(url);
  target.searchParams.set(object, id);
  target.searchParams.set(`${object}_client_secret`, clientSecret);
  target.searchParams.set("redirect_status", status === "requires_payment_method" ? "failed" : "succeeded");
  return target.href;
}

/** {"client_secret", "outcome": "succeed" | "fail"}: what the overlay's two buttons call. */
export function authenticateIntent(context: ControlContext, request: ControlRequest): Authenticated {
  const { client_secret: clientSecret, outcome } = request.body;
  if (typeof clientSecret !== "string") throw new BadControlRequest('"client_secret" is missing.');
  if (outcome !== "succeed" && outcome !== "fail") {
    throw new BadControlRequest('"outcome" must be "succeed" or "fail".');
  }
  return context.store.transaction((tx) => endAuthentication(tx, clientSecret, outcome === "succeed"));
}
