/** The sandbox's own records of usage: what was reported, up to where it was billed, and where it stands. */
import type Stripe from "stripe";

/** Usage as it was reported. Owned by billing/usage.ts. */
export interface ReportedUsage {
  id: string;
  /** The meter's id: a later meter of the same event name does not inherit it. */
  meter: string;
  customer: string;
  identifier: string;
  /** Exact decimal text; "1" where the meter counts events and none was given. */
  value: string;
  timestamp: number;
  /** Virtual time of the customer's clock. */
  receivedAt: number;
  canceled: boolean;
}

/** Up to where a metered subscription item's usage was billed, or given up, inside its period. Owned by billing/. */
export interface UsageMark {
  /** The subscription item's id. */
  id: string;
  /** What was reported until the mark was set counts as billed when it lies before this moment. */
  before: number;
  /** The moment of the mark, from which the item's next line speaks. */
  at: number;
  /** Nothing before this moment is billed any more, however late it was reported; 0 while the meter stays the same. */
  from: number;
  /** The newest report of the item's meter when the mark was set. */
  lastReport: string | null;
}

/** Usage on an invoice; as long as that is a draft, what is reported late for the period still counts. Owned by billing/. */
export interface UsageCharge {
  id: string;
  invoice: string;
  customer: string;
  meter: string;
  /** The item as it was when its period closed. */
  item: Stripe.SubscriptionItem;
  periodStart: number;
  periodEnd: number;
  isFree: boolean;
  mark: UsageMark | null;
  lines: string[];
}
