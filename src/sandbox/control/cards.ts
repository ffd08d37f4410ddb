/** The control that plays a card's network: a card that expired or was replaced gets its new details by itself. */
import { previousAttributes } from "../webhooks/previous-attributes";
import { BadControlRequest, type ControlContext, type ControlRequest } from "./control";

/** {"exp_month", "exp_year", "last4"}: what the network says about a stored card; announced as its own kind of event. */
export function renewCard({ store }: ControlContext, { id, body }: ControlRequest): { paymentMethod: string } {
  const month = wholeNumber(body.exp_month, "exp_month", 1, 12);
  const year = wholeNumber(body.exp_year, "exp_year", 2_000, 2_100);
  const last4 = body.last4;
  if (last4 !== undefined && (typeof last4 !== "string" || !/^\d{4}$/.test(last4))) {
    throw new BadControlRequest('"last4" must be four digits.');
  }
  store.transaction((tx) => {
    const before = tx.get("payment_method", id);
    if (before.card === undefined || before.customer === null) {
      throw new BadControlRequest("Only a customer's card can be renewed.");
    }
    const card = { ...before.card, exp_month: month, exp_year: year, ...(last4 === undefined ? {} : { last4 }) };
    const after = tx.put("payment_method", { ...before, card });
    const previous = previousAttributes(before, after);
    if (previous) tx.emit("payment_method.automatically_updated", after, previous);
  });
  return { paymentMethod: id };
}

function wholeNumber(value: unknown, name: string, least: number, most: number): number {
  if (typeof value === "number" && Number.isInteger(value) && value >= least && value <= most) return value;
  throw new BadControlRequest(`"${name}" must be a whole number from ${least} to ${most}.`);
}
