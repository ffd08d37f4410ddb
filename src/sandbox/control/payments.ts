/** Controls over payments: what a customer's next charge comes to, and how an authentication ends. */
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

/** Ends the authentication of the intent behind a client secret. */
export function authenticateIntent(_context: ControlContext, _request: ControlRequest): unknown {
  throw new BadControlRequest("Nothing waits for authentication.");
}
