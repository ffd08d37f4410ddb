/** Taking a payment method off its customer, and off everything that would have used it. */
import type Stripe from "stripe";
import { invalidRequest } from "../http/errors";
import { idOf } from "../store/indexes";
import type { Transaction } from "../store/transaction";
import { updateCustomer } from "./customers";

/** Detaches a payment method for good: it can no longer be anybody's default. */
export function detachPaymentMethod(tx: Transaction, method: Stripe.PaymentMethod): Stripe.PaymentMethod {
  const customer = idOf(method.customer);
  if (customer === null) {
    throw invalidRequest("The payment method you provided is not attached to a customer so detachment is impossible.");
  }
  const detached = tx.put("payment_method", { ...method, customer: null });
  tx.emit("payment_method.detached", detached, { customer });
  const owner = tx.find("customer", customer);
  if (owner !== undefined && idOf(owner.invoice_settings.default_payment_method) === method.id) {
    const settings = { ...owner.invoice_settings, default_payment_method: null };
    updateCustomer(tx, owner, { ...owner, invoice_settings: settings });
  }
  return detached;
}
