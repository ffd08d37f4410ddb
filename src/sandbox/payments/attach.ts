/** Attaching a card outside of a set-up: Stripe validates it with the issuer, so declining cards are refused. */
import type Stripe from "stripe";
import { invalidRequest } from "../http/errors";
import type { Transaction } from "../store/transaction";
import { awaitsVerification } from "./bank-accounts";
import { scenarioOf } from "./cards";
import { cardRefused, paymentFailure } from "./failures";

/** Throws the 402 of a card that refuses to be saved. */
export function refuseDecliningCard(tx: Transaction, method: Stripe.PaymentMethod): void {
  const { attachFailure } = scenarioOf(tx, method.id);
  if (method.customer === null && awaitsVerification(tx, method)) {
    throw invalidRequest(
      "This bank account must be verified before it can be attached: confirm a SetupIntent with it.",
      {
        code: "bank_account_unverified",
      },
    );
  }
  if (attachFailure !== null) throw cardRefused(paymentFailure(attachFailure));
}
