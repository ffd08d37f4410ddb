/**
 * Disputes: a cardholder asks for the money back.
 *
 * Owns: a dispute's life, what it does to the account's balance, and the charge.dispute.* events.
 *
 *   chargeback  needs_response ─ evidence ─► under_review ─► won (money back) | lost
 *   inquiry     warning_needs_response ─ evidence ─► warning_under_review ─► warning_closed | becomes a chargeback
 *
 * The evidence text decides (winning_evidence, losing_evidence, escalate_inquiry_evidence), as in Stripe's test mode; any
 * other text stays under review until somebody decides through the controls. Unanswered disputes are lost when due.
 */
import type Stripe from "stripe";
import { registerDue } from "../clock/due";
import { invalidRequest } from "../http/errors";
import { idOf } from "../store/indexes";
import type { Transaction } from "../store/transaction";
import { clockOf } from "../webhooks/events";
import { previousAttributes } from "../webhooks/previous-attributes";
import { recordDisputeBalance } from "./balance";
import { scenarioOf } from "./cards";
import { blankEvidence, networkReasonCodes } from "./dispute-evidence";
import { scheduleFraudWarning } from "./early-fraud-warnings";

const OPENING_KIND = "dispute_opening";
const DECISION_KIND = "dispute_decision";
const DEADLINE_KIND = "dispute_deadline";
const MOMENT_SECONDS = 5;
const ANSWER_WITHIN_SECONDS = 9 * 86_400;

/** What a dispute is about. */
export interface NewDispute {
  reason: string;
  isInquiry: boolean;
  amountMinor: number;
}

/** A card that gets its charges disputed, or suspected by its issuer, does so a moment after the money was taken. */
export function scheduleDisputes(tx: Transaction, charge: Stripe.Charge): void {
  scheduleFraudWarning(tx, charge);
  const method = idOf(charge.payment_method);
  if (method === null || scenarioOf(tx, method).dispute === null) return;
  const clock = clockOf(tx, charge) ?? "default";
  const at = tx.now(clockOf(tx, charge)) + MOMENT_SECONDS;
  tx.schedule({ clock, at, kind: OPENING_KIND, subject: charge.id });
}

/** Opens a dispute of a charge; a chargeback takes its amount and a fee from the balance at once. */
export function openDispute(tx: Transaction, charge: Stripe.Charge, given: NewDispute): Stripe.Dispute {
  const disputed = tx.listBy("dispute", "charge", charge.id).reduce((sum, one) => sum + one.amount, 0);
  if (charge.status !== "succeeded" || !charge.captured) {
    throw invalidRequest(`Charge ${charge.id} took no money that could be disputed.`, { param: "charge" });
  }
  if (given.amountMinor < 1 || disputed + given.amountMinor > charge.amount_captured) {
    throw invalidRequest(`Charge ${charge.id} has ${charge.amount_captured - disputed} left to dispute.`, {
      param: "amount",
    });
  }
  const now = tx.now(clockOf(tx, charge));
  const card = charge.payment_method_details?.card;
  const code = networkReasonCodes[given.reason] ?? null;
  const dispute = tx.put("dispute", {
    id: tx.newId("du"),
    object: "dispute",
    amount: given.amountMinor,
    balance_transactions: [],
    charge: charge.id,
    created: now,
    currency: charge.currency,
    enhanced_eligibility_types: [],
    evidence: blankEvidence,
    evidence_details: {
      due_by: now + ANSWER_WITHIN_SECONDS,
      enhanced_eligibility: {},
      has_evidence: false,
      past_due: false,
      submission_count: 0,
      submission_method: "not_submitted",
    },
    intended_submission_method: null,
    is_charge_refundable: given.isInquiry,
    livemode: false,
    metadata: {},
    network_reason_code: code,
    payment_intent: idOf(charge.payment_intent),
    ...(card ? { payment_method_details: cardDetails(card, given.isInquiry, code) } : {}),
    reason: given.reason,
    status: given.isInquiry ? "warning_needs_response" : "needs_response",
  });
  const clock = clockOf(tx, charge) ?? "default";
  tx.schedule({ clock, at: now + ANSWER_WITHIN_SECONDS, kind: DEADLINE_KIND, subject: dispute.id });
  const marked = tx.put("charge", { ...charge, disputed: true });
  const previous = previousAttributes(charge, marked);
  if (previous) tx.emit("charge.updated", marked, previous);
  tx.emit("charge.dispute.created", dispute);
  return given.isInquiry ? dispute : withdraw(tx, dispute, marked);
}

function cardDetails(
  card: Stripe.Charge.PaymentMethodDetails.Card,
  isInquiry: boolean,
  code: string | null,
): Stripe.Dispute.PaymentMethodDetails {
  const brand = card.brand ?? "visa";
  const caseType = isInquiry ? "inquiry" : "chargeback";
  return { type: "card", card: { brand, case_type: caseType, network: brand, network_reason_code: code } };
}

function withdraw(tx: Transaction, dispute: Stripe.Dispute, charge: Stripe.Charge): Stripe.Dispute {
  const movement = recordDisputeBalance(tx, dispute, charge, "dispute");
  const after = tx.put("dispute", {
    ...dispute,
    balance_transactions: [...dispute.balance_transactions, movement],
  });
  tx.emit("charge.dispute.funds_withdrawn", after);
  return after;
}

/** What a caller changes on a dispute. Evidence is submitted unless `submit` is false, and then no longer changes. */
export interface DisputeUpdate {
  evidence?: Partial<Stripe.Dispute.Evidence> | undefined;
  submit?: boolean | undefined;
  metadata?: Record<string, string> | undefined;
}

const awaiting: Record<string, string> = {
  needs_response: "under_review",
  warning_needs_response: "warning_under_review",
};

/** Stages or submits evidence; submitted evidence of Stripe's test words decides the dispute a moment later. */
export function updateDispute(tx: Transaction, current: Stripe.Dispute, change: DisputeUpdate): Stripe.Dispute {
  const reviewing = awaiting[current.status];
  if (reviewing === undefined && change.evidence !== undefined) {
    throw invalidRequest(`This dispute no longer takes evidence: its status is ${current.status}.`, {
      param: "evidence",
    });
  }
  const evidence = { ...current.evidence, ...change.evidence };
  const has = Object.values(evidence).some((value) => typeof value === "string" && value !== "");
  const isSubmitted = reviewing !== undefined && has && change.submit !== false;
  const next: Stripe.Dispute = {
    ...current,
    evidence,
    evidence_details: {
      ...current.evidence_details,
      has_evidence: has,
      submission_count: current.evidence_details.submission_count + (isSubmitted ? 1 : 0),
      submission_method: isSubmitted ? "manual" : current.evidence_details.submission_method,
    },
    metadata: change.metadata ?? current.metadata,
    status: isSubmitted ? reviewing : current.status,
  };
  const after = revise(tx, current, next);
  const decides = ["winning_evidence", "losing_evidence", "escalate_inquiry_evidence"];
  if (isSubmitted) tx.unschedule(DEADLINE_KIND, after.id);
  if (isSubmitted && decides.includes(evidence.uncategorized_text ?? "")) {
    const charge = tx.get("charge", idOf(after.charge) ?? "");
    const at = tx.now(clockOf(tx, charge)) + MOMENT_SECONDS;
    tx.schedule({ clock: clockOf(tx, charge) ?? "default", at, kind: DECISION_KIND, subject: after.id });
  }
  return after;
}

function revise(tx: Transaction, current: Stripe.Dispute, next: Stripe.Dispute): Stripe.Dispute {
  const previous = previousAttributes(current, next);
  if (previous === undefined) return current;
  const after = tx.put("dispute", next);
  tx.emit("charge.dispute.updated", after, previous);
  return after;
}

/** Gives a dispute up. */
export function closeDispute(tx: Transaction, dispute: Stripe.Dispute): Stripe.Dispute {
  if (awaiting[dispute.status] === undefined) {
    throw invalidRequest(`This dispute cannot be closed: its status is ${dispute.status}.`);
  }
  return decideDispute(tx, dispute, "lost");
}

/** Ends a dispute. A won chargeback brings the amount back, not the fee; an inquiry just closes. */
export function decideDispute(tx: Transaction, current: Stripe.Dispute, outcome: "won" | "lost"): Stripe.Dispute {
  const isInquiry = current.status.startsWith("warning_");
  if (current.status === "won" || current.status === "lost" || current.status === "warning_closed") {
    throw invalidRequest(`This dispute has already been decided: its status is ${current.status}.`);
  }
  tx.unschedule(DEADLINE_KIND, current.id);
  tx.unschedule(DECISION_KIND, current.id);
  const charge = tx.get("charge", idOf(current.charge) ?? "");
  const isReinstated = outcome === "won" && !isInquiry;
  const movements = isReinstated ? [recordDisputeBalance(tx, current, charge, "dispute_reversal")] : [];
  const dispute = tx.put("dispute", {
    ...current,
    balance_transactions: [...current.balance_transactions, ...movements],
    is_charge_refundable: isInquiry || outcome === "won",
    status: isInquiry ? "warning_closed" : outcome,
  });
  tx.emit("charge.dispute.closed", dispute);
  if (isReinstated) tx.emit("charge.dispute.funds_reinstated", dispute);
  return dispute;
}

/** An inquiry that turns into a chargeback: the money goes, and an answer is due again. */
function escalate(tx: Transaction, current: Stripe.Dispute): void {
  const charge = tx.get("charge", idOf(current.charge) ?? "");
  const now = tx.now(clockOf(tx, charge));
  const { card } = current.payment_method_details ?? {};
  const escalated = revise(tx, current, {
    ...current,
    evidence_details: { ...current.evidence_details, due_by: now + ANSWER_WITHIN_SECONDS },
    is_charge_refundable: false,
    ...(card ? { payment_method_details: { type: "card", card: { ...card, case_type: "chargeback" } } } : {}),
    status: "needs_response",
  });
  const clock = clockOf(tx, charge) ?? "default";
  tx.schedule({ clock, at: now + ANSWER_WITHIN_SECONDS, kind: DEADLINE_KIND, subject: current.id });
  withdraw(tx, escalated, charge);
}

registerDue(OPENING_KIND, (tx, { subject }) => {
  const charge = tx.find("charge", subject);
  const plan = charge === undefined ? null : scenarioOf(tx, idOf(charge.payment_method) ?? "").dispute;
  if (charge === undefined || plan === null) return;
  const share = Math.floor(charge.amount_captured / plan.count);
  for (let index = 0; index < plan.count && share > 0; index += 1) {
    openDispute(tx, tx.get("charge", subject), { ...plan, amountMinor: share });
  }
});

registerDue(DECISION_KIND, (tx, { subject }) => {
  const dispute = tx.find("dispute", subject);
  const text = dispute?.evidence.uncategorized_text;
  if (dispute === undefined || !dispute.status.endsWith("under_review")) return;
  if (text === "escalate_inquiry_evidence" && dispute.status === "warning_under_review") escalate(tx, dispute);
  else decideDispute(tx, dispute, text === "winning_evidence" ? "won" : "lost");
});

registerDue(DEADLINE_KIND, (tx, { subject }) => {
  const dispute = tx.find("dispute", subject);
  if (dispute === undefined || awaiting[dispute.status] === undefined) return;
  const late = { ...dispute, evidence_details: { ...dispute.evidence_details, past_due: true } };
  decideDispute(tx, tx.put("dispute", late), "lost");
});
