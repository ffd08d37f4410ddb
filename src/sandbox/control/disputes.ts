/** Controls over disputes: opening one on any charge, and deciding it. */
import type Stripe from "stripe";
import { networkReasonCodes } from "../payments/dispute-evidence";
import { decideDispute, openDispute } from "../payments/disputes";
import { BadControlRequest, type ControlContext, type ControlRequest } from "./control";

/** {"reason"?, "kind"?: "chargeback" | "inquiry", "amount"?}: the charge's holder disputes it. */
export function openDisputeByHand(context: ControlContext, request: ControlRequest): Stripe.Dispute {
  const { reason = "fraudulent", kind = "chargeback", amount } = request.body;
  if (typeof reason !== "string" || !Object.hasOwn(networkReasonCodes, reason)) {
    throw new BadControlRequest(`"reason" must be one of ${Object.keys(networkReasonCodes).join(", ")}.`);
  }
  if (kind !== "chargeback" && kind !== "inquiry") {
    throw new BadControlRequest('"kind" must be "chargeback" or "inquiry".');
  }
  if (amount !== undefined && (typeof amount !== "number" || !Number.isSafeInteger(amount))) {
    throw new BadControlRequest('"amount" must be a whole number of minor units.');
  }
  return context.store.transaction((tx) => {
    const charge = tx.get("charge", request.id);
    const amountMinor = amount ?? charge.amount_captured;
    return openDispute(tx, charge, { reason, isInquiry: kind === "inquiry", amountMinor });
  });
}

/** {"outcome": "won" | "lost"}: the issuer decides. */
export function decideDisputeByHand(context: ControlContext, request: ControlRequest): Stripe.Dispute {
  const { outcome } = request.body;
  if (outcome !== "won" && outcome !== "lost") throw new BadControlRequest('"outcome" must be "won" or "lost".');
  return context.store.transaction((tx) => decideDispute(tx, tx.get("dispute", request.id), outcome));
}
