/**
 * What may be given back of a payment.
 *
 * Every refund that is not failed or canceled holds its amount, from the moment it is asked for: a request that Stripe has
 * not answered may have been carried out.
 */
import { creditPart, type TaxedSum } from "../invoices/rules/credit";
import { isChargeable, wholeSteps } from "../kernel/money";
import type { PaymentStatus, RefundStatus } from "./model";

/** A refund, as far as sums go. */
export interface HeldRefund {
  amountMinor: bigint;
  status: RefundStatus;
}

/** A payment, as far as giving it back goes. */
export interface RefundablePayment {
  status: PaymentStatus;
  amountCapturedMinor: bigint;
  amountRefundedMinor: bigint;
  currency: string;
}

/**
 * What a payment can still give back: 100.00 captured, 30.00 pending, 20.00 failed leaves 70.00. Never negative, and in the
 * steps its currency moves in.
 */
export function refundableMinor(payment: RefundablePayment, refunds: readonly HeldRefund[]): bigint {
  if (payment.status !== "succeeded") return 0n;
  const held = refunds.filter(holds).reduce((sum, { amountMinor }) => sum + amountMinor, 0n);
  // Stripe's own sum counts refunds made elsewhere that have not reached our rows.
  let gone = payment.amountRefundedMinor;
  if (held > gone) gone = held;
  return gone >= payment.amountCapturedMinor ? 0n : wholeSteps(payment.amountCapturedMinor - gone, payment.currency);
}

/** A refund as far as the credit notes of its invoice go. */
export interface CreditedRefund extends HeldRefund {
  stripeRefundId: string | null;
  /** Null: it was made without one. */
  creditedMinor: bigint | null;
  creditedTaxMinor: bigint | null;
}

/**
 * What a new refund's credit note takes back of the invoice it paid: its amount, less what notes of refunds that failed have
 * taken back for nothing. `elsewhere` is what credit notes made at Stripe have taken back.
 */
export function creditForRefund(
  invoice: TaxedSum & { elsewhere: TaxedSum },
  refunds: readonly CreditedRefund[],
  refund: { amountMinor: bigint; currency: string },
): TaxedSum {
  const own = refunds.filter(({ creditedMinor }) => creditedMinor !== null);
  const standing = own.filter(holds).reduce((sum, { amountMinor }) => sum + amountMinor, 0n);
  // What Stripe refused to refund never had a note.
  const noted = own.filter((one) => one.stripeRefundId !== null || holds(one));
  const totalMinor = noted.reduce((sum, one) => sum + (one.creditedMinor ?? 0n), 0n);
  const taxMinor = noted.reduce((sum, one) => sum + (one.creditedTaxMinor ?? 0n), 0n);
  const before = {
    totalMinor: totalMinor + invoice.elsewhere.totalMinor,
    taxMinor: taxMinor + invoice.elsewhere.taxMinor,
  };
  return creditPart(invoice, before, standing + refund.amountMinor - totalMinor, refund.currency);
}

/** What to do about a wish to give money back. */
export type RefundDecision =
  | { do: "refund"; amountMinor: bigint }
  | { do: "refuse"; because: "nothing_left" | "not_captured" | "between_steps" }
  | { do: "refuse"; because: "exceeds"; leftMinor: bigint };

/** Decides; null asks for all that is left. */
export function decideRefund(
  payment: RefundablePayment,
  refunds: readonly HeldRefund[],
  amountMinor: bigint | null,
): RefundDecision {
  if (payment.status !== "succeeded") return { do: "refuse", because: "not_captured" };
  const leftMinor = refundableMinor(payment, refunds);
  if (leftMinor === 0n) return { do: "refuse", because: "nothing_left" };
  if (amountMinor !== null && amountMinor > leftMinor) return { do: "refuse", because: "exceeds", leftMinor };
  if (amountMinor !== null && !isChargeable(amountMinor, payment.currency)) {
    return { do: "refuse", because: "between_steps" };
  }
  return { do: "refund", amountMinor: amountMinor ?? leftMinor };
}

/** How far along a refund is. A card may send money back, so a failure comes after success; nothing comes after it. */
const PROGRESS: Readonly<Record<RefundStatus, number>> = {
  requested: 0,
  pending: 1,
  succeeded: 2,
  canceled: 3,
  failed: 3,
};

/** The newer of two pictures of a refund, whichever came first. */
export function laterStatus(known: RefundStatus, incoming: RefundStatus): RefundStatus {
  return PROGRESS[incoming] >= PROGRESS[known] ? incoming : known;
}

function holds({ status }: HeldRefund): boolean {
  return status !== "failed" && status !== "canceled";
}
