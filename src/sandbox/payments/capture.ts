/** Taking money that a card has reserved, all or a part of it; the rest is released. */
import type Stripe from "stripe";
import { invalidRequest } from "../http/errors";
import { idOf } from "../store/indexes";
import type { Transaction } from "../store/transaction";
import { recordBalance } from "./balance";
import { scenarioOf } from "./cards";
import { checkStep } from "./currency-step";
import { scheduleDisputes } from "./disputes";

/** What a capture may say beside the amount. */
export interface CaptureTerms {
  amountMinor?: number | undefined;
  /** Keeps a part reserved for later, which needs a feature that the sandbox's account does not have. */
  isFinal?: boolean | undefined;
  metadata?: Record<string, string> | undefined;
  statementDescriptor?: string | undefined;
}

/** Captures what an intent has reserved. */
export function capturePayment(
  tx: Transaction,
  intent: Stripe.PaymentIntent,
  terms: CaptureTerms,
): { paymentIntent: Stripe.PaymentIntent; charge: Stripe.Charge } {
  const chargeId = idOf(intent.latest_charge);
  if (intent.status !== "requires_capture" || chargeId === null) {
    throw invalidRequest(
      `This PaymentIntent could not be captured because it has a status of ${intent.status}. Only a PaymentIntent with one of the following statuses may be captured: requires_capture.`,
      { code: "payment_intent_unexpected_state" },
    );
  }
  if (terms.isFinal === false) {
    throw invalidRequest("`final_capture` can only be false for payments that may be captured more than once.", {
      param: "final_capture",
    });
  }
  const taken = terms.amountMinor ?? intent.amount_capturable;
  if (taken > intent.amount_capturable) {
    throw invalidRequest("The requested capture amount is greater than the amount you can capture for this charge.", {
      code: "amount_too_large",
      param: "amount_to_capture",
    });
  }
  checkStep(terms.amountMinor, intent.currency, "amount_to_capture");
  const reserved = tx.get("charge", chargeId);
  const descriptor = terms.statementDescriptor ?? reserved.statement_descriptor;
  const captured = { ...reserved, captured: true, amount_captured: taken, statement_descriptor: descriptor };
  const scenario = scenarioOf(tx, idOf(intent.payment_method) ?? "");
  const charge = tx.put("charge", {
    ...captured,
    amount_refunded: reserved.amount - taken,
    balance_transaction: recordBalance(tx, captured, scenario.bypassesPending).id,
  });
  const paymentIntent = tx.put("payment_intent", {
    ...intent,
    status: "succeeded",
    amount_received: taken,
    amount_capturable: 0,
    metadata: terms.metadata ?? intent.metadata,
  });
  scheduleDisputes(tx, charge);
  tx.emit("charge.captured", charge);
  tx.emit("payment_intent.succeeded", paymentIntent);
  return { paymentIntent, charge };
}
