type Tone = "calm" | "live" | "risk" | "loss" | "done";

const TONES: Record<Tone, string> = {
  live: "text-accent",
  done: "text-ink",
  calm: "text-quiet",
  risk: "text-risk",
  loss: "text-loss",
};

/** How a status reads and which mark stands before it: the mark's shape carries the meaning, colour only repeats it. */
const STATUSES: Record<
  string,
  { text: string; tone: Tone; mark: "dot" | "ring" | "check" | "cross" | "alert" | "half" }
> = {
  active: { text: "Active", tone: "live", mark: "dot" },
  trialing: { text: "Trial", tone: "live", mark: "half" },
  past_due: { text: "Payment overdue", tone: "loss", mark: "alert" },
  unpaid: { text: "Unpaid", tone: "loss", mark: "alert" },
  incomplete: { text: "Payment to confirm", tone: "risk", mark: "half" },
  incomplete_expired: { text: "Not completed", tone: "calm", mark: "cross" },
  canceled: { text: "Canceled", tone: "calm", mark: "cross" },
  cancels: { text: "Ends soon", tone: "risk", mark: "half" },
  paused: { text: "Paused", tone: "calm", mark: "ring" },
  draft: { text: "Draft", tone: "calm", mark: "ring" },
  open: { text: "Open", tone: "done", mark: "half" },
  paid: { text: "Paid", tone: "done", mark: "check" },
  payment_failed: { text: "Payment failed", tone: "loss", mark: "alert" },
  needs_address: { text: "Needs an address", tone: "risk", mark: "alert" },
  not_issued: { text: "Not issued", tone: "risk", mark: "alert" },
  void: { text: "Void", tone: "calm", mark: "cross" },
  uncollectible: { text: "Uncollectible", tone: "loss", mark: "cross" },
  verification_pending: { text: "Being verified", tone: "calm", mark: "half" },
  verified: { text: "Verified", tone: "done", mark: "check" },
  unverified: { text: "Not verified", tone: "risk", mark: "alert" },
  succeeded: { text: "Succeeded", tone: "done", mark: "check" },
  failed: { text: "Failed", tone: "loss", mark: "cross" },
  processing: { text: "Processing", tone: "calm", mark: "half" },
  requires_action: { text: "Needs confirmation", tone: "risk", mark: "alert" },
  requires_payment_method: { text: "Declined", tone: "loss", mark: "cross" },
  refund_requested: { text: "Refund asked for", tone: "calm", mark: "half" },
  refund_pending: { text: "Refund on its way", tone: "calm", mark: "half" },
  refund_succeeded: { text: "Refunded", tone: "done", mark: "check" },
  refund_failed: { text: "Refund failed", tone: "loss", mark: "cross" },
  refund_canceled: { text: "Refund canceled", tone: "calm", mark: "cross" },
  refunded: { text: "Refunded", tone: "calm", mark: "ring" },
  first_notice: { text: "Told", tone: "risk", mark: "half" },
  reminded: { text: "Reminded", tone: "risk", mark: "half" },
  last_notice: { text: "Last notice", tone: "loss", mark: "alert" },
  lapsed: { text: "Plan ended", tone: "loss", mark: "cross" },
  recovered: { text: "Recovered", tone: "done", mark: "check" },
  stopped: { text: "Stopped", tone: "calm", mark: "ring" },
  received: { text: "Received", tone: "calm", mark: "ring" },
  projected: { text: "Projected", tone: "done", mark: "check" },
  ignored: { text: "Ignored", tone: "calm", mark: "ring" },
  parked: { text: "Parked", tone: "loss", mark: "alert" },
  inactive: { text: "Out of use", tone: "calm", mark: "ring" },
  expired: { text: "Expired", tone: "calm", mark: "cross" },
  used_up: { text: "Used up", tone: "calm", mark: "check" },
  archived: { text: "Archived", tone: "calm", mark: "cross" },
  requested: { text: "Asked for", tone: "calm", mark: "ring" },
  pending: { text: "On its way", tone: "calm", mark: "half" },
  revoked: { text: "Revoked", tone: "calm", mark: "cross" },
};

/** A status in words with a mark. An unknown status is shown as it is. */
export function StatusBadge({ status }: { status: string }) {
  const { text, tone, mark } = STATUSES[status] ?? { text: status.replaceAll("_", " "), tone: "calm", mark: "ring" };
  return (
    <span className={`inline-flex items-center gap-1.5 text-sm font-medium whitespace-nowrap ${TONES[tone]}`}>
      <svg aria-hidden="true" viewBox="0 0 12 12" className="size-3 shrink-0" fill="none" stroke="currentColor">
        {mark === "dot" ? <circle cx="6" cy="6" r="4" fill="currentColor" stroke="none" /> : null}
        {mark === "ring" ? <circle cx="6" cy="6" r="4" strokeWidth="1.5" /> : null}
        {mark === "half" ? (
          <>
            <circle cx="6" cy="6" r="4.25" strokeWidth="1.5" />
            <path d="M6 2a4 4 0 0 1 0 8z" fill="currentColor" stroke="none" />
          </>
        ) : null}
        {mark === "check" ? <path d="m2 6.4 2.7 2.7L10 3.4" strokeWidth="1.75" strokeLinecap="round" /> : null}
        {mark === "cross" ? <path d="m3 3 6 6m0-6L3 9" strokeWidth="1.75" strokeLinecap="round" /> : null}
        {mark === "alert" ? (
          <path
            d="M6 1.2 11.4 10.6H.6ZM6 5v2.4M6 8.8v.2"
            strokeWidth="1.3"
            strokeLinejoin="round"
            strokeLinecap="round"
          />
        ) : null}
      </svg>
      {text}
    </span>
  );
}
