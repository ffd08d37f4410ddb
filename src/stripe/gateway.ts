/**
 * The port to Stripe in our own nouns: what the domain may ask, and the records it gets back.
 *
 * Owns no rule of billing. Every write requires an idempotency key, derived from an operation that was stored before. The
 * live adapter (live.ts) speaks to Stripe or to the sandbox over HTTP with the official SDK; translation of each Stripe
 * object is one pure file below translate/. Amounts are integer minor units, times are Dates, unknown things are refused.
 *
 * Failures are BillingErrors: `declined` (payment.*), `upstream` (stripe.unavailable, retryable; stripe.refused, not).
 */

import type { InvoiceStatus } from "@/billing/invoices/model";
import type { PaymentStatus } from "@/billing/payments/model";
import type { BillingInterval, SubscriptionStatus } from "@/billing/subscriptions/model";

/** An idempotency key for one call, at most 255 characters; the same key always carries the same parameters. */
export type CallKey = string;

/** A customer at Stripe. */
export interface CustomerRecord {
  stripeCustomerId: string;
  email: string | null;
  name: string | null;
  defaultPaymentMethodId: string | null;
  /** From the customer's metadata. */
  tenantId: string | null;
  testClockId: string | null;
  /** Negative: credit the next invoices will use. */
  balanceMinor: bigint;
}

/** A payment method as it may be shown. */
export interface PaymentMethodRecord {
  stripePaymentMethodId: string;
  stripeCustomerId: string | null;
  type: string;
  brand: string | null;
  last4: string | null;
  expiryMonth: number | null;
  expiryYear: number | null;
  createdAt: Date;
}

/** A subscription with exactly one flat item; the adapter refuses others. */
export interface SubscriptionRecord {
  stripeSubscriptionId: string;
  stripeCustomerId: string;
  /** From the subscription's metadata. */
  tenantId: string | null;
  status: SubscriptionStatus;
  stripeItemId: string;
  stripePriceId: string;
  interval: BillingInterval;
  quantity: number;
  currency: string;
  unitAmountMinor: bigint;
  anchorAt: Date;
  currentPeriodStartAt: Date;
  currentPeriodEndAt: Date;
  cancelAtPeriodEnd: boolean;
  cancelAt: Date | null;
  canceledAt: Date | null;
  endedAt: Date | null;
  trialEndAt: Date | null;
  startedAt: Date;
  latestStripeInvoiceId: string | null;
  defaultPaymentMethodId: string | null;
  testClockId: string | null;
}

/** Where an invoice line comes from. */
export interface InvoiceLineRecord {
  stripeLineId: string;
  description: string;
  amountMinor: bigint;
  taxMinor: bigint;
  quantity: string;
  /** Exact price per unit in minor units, null where Stripe gives none. */
  unitAmountMinor: string | null;
  periodStartAt: Date;
  periodEndAt: Date;
  proration: boolean;
  /** "subscription" for the flat fee, "item" for an invoice item. */
  source: "subscription" | "item";
  stripePriceId: string | null;
  stripeInvoiceItemId: string | null;
  metadata: Readonly<Record<string, string>>;
}

/** An invoice with all its lines. */
export interface InvoiceRecord {
  /** Null for a preview. */
  stripeInvoiceId: string | null;
  stripeCustomerId: string;
  stripeSubscriptionId: string | null;
  status: InvoiceStatus;
  billingReason: string;
  /** Stripe's number; ours once we set it on the draft. */
  number: string | null;
  currency: string;
  subtotalMinor: bigint;
  discountMinor: bigint;
  taxMinor: bigint;
  totalMinor: bigint;
  amountDueMinor: bigint;
  amountPaidMinor: bigint;
  startingBalanceMinor: bigint;
  endingBalanceMinor: bigint | null;
  createdAt: Date;
  /** Stripe's window for items; a renewal's is the month that ended. */
  periodStartAt: Date;
  periodEndAt: Date;
  finalizedAt: Date | null;
  paidAt: Date | null;
  voidedAt: Date | null;
  attemptCount: number;
  attempted: boolean;
  nextPaymentAttemptAt: Date | null;
  stripePaymentIntentId: string | null;
  lines: InvoiceLineRecord[];
  metadata: Readonly<Record<string, string>>;
  testClockId: string | null;
}

/** A payment intent and its newest charge. */
export interface PaymentRecord {
  stripePaymentIntentId: string;
  stripeCustomerId: string | null;
  stripeInvoiceId: string | null;
  stripeChargeId: string | null;
  status: PaymentStatus;
  amountMinor: bigint;
  amountRefundedMinor: bigint;
  currency: string;
  description: string | null;
  failureCode: string | null;
  declineCode: string | null;
  failureMessage: string | null;
  createdAt: Date;
  /** Time of the newest charge, null before the first. */
  chargedAt: Date | null;
}

/** What the browser needs to finish a payment or to save a card; null when nothing is left to confirm. */
export interface Confirmation {
  clientSecret: string;
  intent: "payment" | "setup";
}

/** A started or changed subscription and what is left to do for it. */
export interface SubscriptionReceipt {
  subscription: SubscriptionRecord;
  invoice: InvoiceRecord | null;
  confirmation: Confirmation | null;
}

/** A plan version that Stripe has to know. */
export interface PlanPush {
  planVersionId: string;
  planKey: string;
  name: string;
  currency: string;
  monthlyPriceMinor: bigint | null;
  annualPriceMinor: bigint | null;
}

/** Where a pushed plan version lives at Stripe. */
export interface PlanPushed {
  stripeProductId: string;
  stripeMonthlyPriceId: string | null;
  stripeAnnualPriceId: string | null;
}

/** One amount to put on an invoice. The amount is ours, rounded once; Stripe adds tax. */
export interface InvoiceItemRequest {
  stripeCustomerId: string;
  stripeSubscriptionId: string | null;
  /** The draft to put it on; null leaves it pending for the next invoice of the subscription. */
  stripeInvoiceId: string | null;
  amountMinor: bigint;
  currency: string;
  description: string;
  periodStartAt: Date;
  periodEndAt: Date;
  stripeTaxRateId: string | null;
  metadata: Record<string, string>;
}

/** How the money of a plan change is settled. */
export type Proration = "now" | "next_invoice" | "none";

/** Everything the domain asks of Stripe. */
export interface StripeGateway {
  /** Makes product, prices (by lookup key) and returns their ids; calling again returns the same. */
  pushPlan(plan: PlanPush): Promise<PlanPushed>;
  /** Finds or makes the fixed tax rate. */
  pushTaxRate(rate: { displayName: string; percentage: string; key: string }): Promise<string>;

  createCustomer(
    customer: { tenantId: string; slug: string; name: string; email: string; testClockId: string | null },
    key: CallKey,
  ): Promise<CustomerRecord>;
  fetchCustomer(stripeCustomerId: string): Promise<CustomerRecord | null>;
  /** Takes credit off the customer's balance, because it was paid out: otherwise it would be given twice. */
  withdrawCredit(
    stripeCustomerId: string,
    credit: { amountMinor: bigint; currency: string; description: string },
    key: CallKey,
  ): Promise<void>;

  createSetupIntent(stripeCustomerId: string, key: CallKey): Promise<Confirmation>;
  /** Attaches unless it is attached already. A declining card throws `declined`. */
  attachPaymentMethod(
    stripeCustomerId: string,
    stripePaymentMethodId: string,
    key: CallKey,
  ): Promise<PaymentMethodRecord>;
  detachPaymentMethod(stripePaymentMethodId: string, key: CallKey): Promise<void>;
  /** For the customer's next invoices, and for live subscriptions that were bound to another method. */
  setDefaultPaymentMethod(stripeCustomerId: string, stripePaymentMethodId: string, key: CallKey): Promise<void>;
  listPaymentMethods(stripeCustomerId: string): Promise<PaymentMethodRecord[]>;

  /** Without a payment method the subscription starts incomplete and `confirmation` tells how to pay its first invoice. */
  createSubscription(
    request: {
      stripeCustomerId: string;
      tenantId: string;
      stripePriceId: string;
      stripePaymentMethodId: string | null;
      stripeTaxRateId: string | null;
      automaticTax: boolean;
      /** `refuse`: a declined card makes nothing; `wait`: the subscription waits for the browser. */
      whenUnpaid: "refuse" | "wait";
      /** Kept in the subscription's metadata for people who look at Stripe; nothing reads it back. */
      planVersionId?: string;
    },
    key: CallKey,
  ): Promise<SubscriptionReceipt>;
  changeSubscriptionPlan(
    request: {
      stripeSubscriptionId: string;
      stripeItemId: string;
      stripePriceId: string;
      quantity: number;
      proration: Proration;
      prorationAt: Date | null;
      /** Starts a new period now, as an interval change needs. */
      restartPeriod: boolean;
    },
    key: CallKey,
  ): Promise<SubscriptionReceipt>;
  cancelSubscriptionAtPeriodEnd(stripeSubscriptionId: string, key: CallKey): Promise<SubscriptionRecord>;
  resumeSubscription(stripeSubscriptionId: string, key: CallKey): Promise<SubscriptionRecord>;
  /** Ends it at once; with `prorate` the unused time becomes credit on a final invoice. */
  cancelSubscriptionNow(
    stripeSubscriptionId: string,
    options: { prorate: boolean },
    key: CallKey,
  ): Promise<SubscriptionRecord>;
  fetchSubscription(stripeSubscriptionId: string): Promise<SubscriptionRecord | null>;
  /** Every subscription of the customer that is not over, newest first. */
  listLiveSubscriptions(stripeCustomerId: string): Promise<SubscriptionRecord[]>;
  /** The first invoice's confirmation of an incomplete subscription, to resume it after a reload. */
  fetchConfirmation(stripeSubscriptionId: string): Promise<Confirmation | null>;

  addInvoiceItem(item: InvoiceItemRequest, key: CallKey): Promise<{ stripeInvoiceItemId: string }>;
  /** Gives our number to a draft; returns the invoice as it then is. */
  numberDraft(stripeInvoiceId: string, number: string, key: CallKey): Promise<InvoiceRecord>;
  /** An invoice of the given items alone, finalised and collected at once; open when the card declined, never lost. */
  createInvoice(
    request: {
      stripeCustomerId: string;
      stripeSubscriptionId: string | null;
      number: string;
      items: InvoiceItemRequest[];
      stripeTaxRateId: string | null;
      automaticTax: boolean;
    },
    key: CallKey,
  ): Promise<InvoiceRecord>;
  payInvoice(
    stripeInvoiceId: string,
    options: {
      stripePaymentMethodId: string | null;
      /** Somebody sits before a browser: a bank that asks is waited for, and the payment can be confirmed there. */
      onSession?: boolean;
    },
    key: CallKey,
  ): Promise<InvoiceRecord>;
  fetchInvoice(stripeInvoiceId: string): Promise<InvoiceRecord | null>;
  listInvoices(stripeCustomerId: string): Promise<InvoiceRecord[]>;
  /** The next renewal as Stripe would make it, with these amounts added; nothing is stored. */
  previewRenewal(stripeSubscriptionId: string, items: InvoiceItemRequest[]): Promise<InvoiceRecord>;
  /** What changing the plan would charge, at a frozen instant; nothing is stored. */
  previewPlanChange(request: {
    stripeSubscriptionId: string;
    stripeItemId: string;
    stripePriceId: string;
    quantity: number;
    proration: Proration;
    prorationAt: Date;
    restartPeriod: boolean;
  }): Promise<InvoiceRecord>;

  fetchPayment(stripePaymentIntentId: string): Promise<PaymentRecord | null>;
  listPayments(stripeCustomerId: string): Promise<PaymentRecord[]>;
  refundPayment(
    request: { stripePaymentIntentId: string; amountMinor: bigint; reason: string },
    key: CallKey,
  ): Promise<{ stripeRefundId: string; amountMinor: bigint }>;
}
