/** A customer's own discount, which at Stripe only the Dashboard gives since the API lost its parameter. */
import { discountCustomer } from "../billing/discount-sources";
import { BadControlRequest, type ControlContext, type ControlRequest } from "./control";

/** Gives a customer a coupon; a former one is replaced. */
export function setCustomerDiscount(
  context: ControlContext,
  request: ControlRequest,
): { customer: string; discount: string } {
  const { coupon } = request.body;
  if (typeof coupon !== "string" || coupon === "") throw new BadControlRequest('"coupon" must name a coupon.');
  const discount = context.store.transaction((tx) => discountCustomer(tx, tx.get("customer", request.id), coupon));
  return { customer: request.id, discount: discount.id };
}
