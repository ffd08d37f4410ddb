/** Attaching a card outside of a set-up: Stripe validates it with the issuer, so declining cards are refused. */
import type Stripe from "stripe";
import type { Transaction } from "../store/transaction";
import { scenarioOf } from "./cards";
import { cardRefused, paymentFailure } from "./failures";

/** Throws the 402 of a card that refuses to be saved. */
export function refuseDecliningCard(tx: Transaction, method: Stripe.PaymentMethod): void {
  const { attachFailure } = scenarioOf(tx, method.id);
  if (attachFailure !== null) throw cardRefused(paymentFailure(attachFailure));
}
