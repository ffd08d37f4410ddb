/** When a payment method may go, and which picture of a payment is the newer one. */
import type { PaymentStatus } from "./model";

/** What to do about a wish to remove a payment method. */
export type RemovalDecision =
  | { do: "remove" /** The method that becomes the default, when the default goes. */; nextDefault: string | null }
  | { do: "refuse"; because: "not_found" | "in_use" };

/** Decides: the last method stays while a paid plan runs, because its next renewal would have nothing to charge. */
export function decideRemoval(facts: {
  methods: ReadonlyArray<{ stripePaymentMethodId: string; isDefault: boolean }>;
  removedId: string;
  hasPaidPlan: boolean;
}): RemovalDecision {
  const removed = facts.methods.find((method) => method.stripePaymentMethodId === facts.removedId);
  if (removed === undefined) return { do: "refuse", because: "not_found" };
  const others = facts.methods.filter((method) => method !== removed);
  if (others.length === 0 && facts.hasPaidPlan) return { do: "refuse", because: "in_use" };
  const nextDefault = removed.isDefault ? (others[0]?.stripePaymentMethodId ?? null) : null;
  return { do: "remove", nextDefault };
}

/** How far along a payment is; at equal times the picture further along is the newer one. */
const PROGRESS: Readonly<Record<PaymentStatus, number>> = {
  requires_payment_method: 0,
  requires_action: 1,
  processing: 2,
  failed: 2,
  succeeded: 3,
  canceled: 3,
};

/** Whether an incoming picture of a payment must not overwrite the known one. */
export function isOutdatedPayment(
  known: { status: PaymentStatus; amountRefundedMinor: bigint; sourceAt: Date },
  incoming: { status: PaymentStatus; amountRefundedMinor: bigint; sourceAt: Date },
): boolean {
  if (incoming.sourceAt.getTime() !== known.sourceAt.getTime()) return incoming.sourceAt < known.sourceAt;
  if (incoming.amountRefundedMinor !== known.amountRefundedMinor) {
    return incoming.amountRefundedMinor < known.amountRefundedMinor;
  }
  return PROGRESS[incoming.status] < PROGRESS[known.status];
}
