/**
 * What the domain says to Stripe and gets back, in our own nouns: records of Stripe's objects, and requests.
 *
 * Owns no rule of billing. Amounts are integer minor units, times are Dates; what Stripe knows as null is null here.
 */
import type { InvoiceStatus } from "@/billing/invoices/model";
import type { TaxPart } from "@/billing/kernel/tax";
import type { PaymentStatus } from "@/billing/payments/model";
import type {
  BillingInterval,
  DiscountChoice,
  ItemEdit,
  NextDiscounts,
  Proration,
  SubscriptionStatus,
} from "@/billing/subscriptions/model";
import type { PostalAddress, TaxExemption, TaxIdStatus } from "@/billing/tenants/model-billing-details";

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

/** A customer's tax id and what became of its verification. */
export interface TaxIdRecord {
  stripeTaxId: string;
  type: string;
  value: string;
  country: string | null;
  status: TaxIdStatus;
  verifiedName: string | null;
  createdAt: Date;
}

/** Who is billed, as the customer at Stripe says it. */
export interface BillingDetailsRecord {
  stripeCustomerId: string;
  legalName: string | null;
  email: string | null;
  phone: string | null;
  address: PostalAddress | null;
  taxExempt: TaxExemption;
  purchaseOrder: string | null;
  /** Oldest first. */
  taxIds: TaxIdRecord[];
}

/** Who was billed, as it stands on an invoice; frozen when that is issued. */
export interface InvoiceCustomerRecord {
  name: string | null;
  email: string | null;
  phone: string | null;
  address: PostalAddress | null;
  taxExempt: TaxExemption;
  taxIds: Array<{ type: string; value: string }>;
}

/** A payment method as it may be shown. */
export interface PaymentMethodRecord {
  stripePaymentMethodId: string;
  stripeCustomerId: string | null;
  /** "card", "us_bank_account", "sepa_debit", … */
  type: string;
  /** A card's; null for bank accounts. */
  brand: string | null;
  /** Of an account that is debited; null for cards. */
  bankName: string | null;
  last4: string | null;
  expiryMonth: number | null;
  expiryYear: number | null;
  /** The same for every method made of one card number or bank account; null where Stripe tells none. */
  fingerprint: string | null;
  createdAt: Date;
}

/** A bank account that was entered and waits for its holder to prove it, or could not be proven. */
export interface BankVerificationRecord {
  stripeSetupIntentId: string;
  state: "pending" | "failed";
  bankName: string | null;
  last4: string | null;
  /** What its holder reads off the statement; null once it failed. */
  depositType: "amounts" | "descriptor_code" | null;
  arrivesAt: Date | null;
  failureCode: string | null;
  createdAt: Date;
}

/** What the holder of a bank account read off the statement. */
export type DepositAnswer = { amountsMinor: [number, number] } | { descriptorCode: string };

/** A price and how many of it a subscription has. */
export interface ItemRecord {
  stripeItemId: string;
  stripePriceId: string;
  quantity: number;
  unitAmountMinor: bigint;
}

/** A discount in force on a subscription. */
export interface DiscountRecord {
  stripeDiscountId: string;
  stripeCouponId: string;
  stripePromotionCodeId: string | null;
  name: string;
  /** Exact percentage; null when an amount is taken off. */
  percentOff: string | null;
  amountOffMinor: bigint | null;
  duration: "once" | "repeating" | "forever";
  /** Null: for as long as the subscription lives, or for its next invoice only. */
  endsAt: Date | null;
}

/** What a subscription will become by itself. */
export interface ScheduleRecord {
  stripeScheduleId: string;
  /** The first phase that has not begun; null when none is left. */
  next: { startsAt: Date; items: Array<{ stripePriceId: string; quantity: number }> } | null;
}

/** A subscription with exactly one item for its plan and at most one for additional seats; the adapter refuses others. */
export interface SubscriptionRecord {
  stripeSubscriptionId: string;
  stripeCustomerId: string;
  /** From the subscription's metadata. */
  tenantId: string | null;
  /** The operation that started it, from the metadata; null when somebody started it at Stripe. */
  operationId: string | null;
  status: SubscriptionStatus;
  stripeItemId: string;
  stripePriceId: string;
  interval: BillingInterval;
  quantity: number;
  currency: string;
  unitAmountMinor: bigint;
  /** Additional seats; null when there are none. */
  seatItem: ItemRecord | null;
  discounts: DiscountRecord[];
  schedule: ScheduleRecord | null;
  /** A change that waits for its payment, and when it is given up; null when none does. */
  pendingUpdateExpiresAt: Date | null;
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
  customer: InvoiceCustomerRecord;
  /** The tenant's reference among the custom fields. */
  purchaseOrder: string | null;
  /** What is taxed by which rate, over all lines. */
  taxes: TaxPart[];
  /** What each discount takes off; the name is null where it was not asked for. */
  discounts: Array<{ stripeDiscountId: string; name: string | null; amountMinor: bigint }>;
  /** Whether taxes by place are missing: Stripe would need an address, or went on without taxes for want of one. */
  taxLocation: "known" | "missing" | "given_up" | null;
  /** Stripe's code of why it could not be issued; null when it could, or has not been tried. */
  finalizationError: string | null;
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
  /** What came in. */
  amountCapturedMinor: bigint;
  amountRefundedMinor: bigint;
  currency: string;
  description: string | null;
  failureCode: string | null;
  declineCode: string | null;
  failureMessage: string | null;
  createdAt: Date;
  /** Time of the newest charge, null before the first. */
  chargedAt: Date | null;
  /** Our operation that asked for it; null where none did. */
  operationId: string | null;
}

/** Money on its way back, or there. */
export interface RefundRecord {
  stripeRefundId: string;
  stripePaymentIntentId: string | null;
  /** Our id from the metadata; null for a refund made elsewhere. */
  refundId: string | null;
  amountMinor: bigint;
  currency: string;
  status: "pending" | "succeeded" | "failed" | "canceled";
  /** What we wrote beside it; null for a refund made elsewhere. */
  reason: string | null;
  failureCode: string | null;
  createdAt: Date;
}

/** A document that takes back a part of an issued invoice. */
export interface CreditNoteRecord {
  stripeCreditNoteId: string;
  stripeInvoiceId: string;
  /** The one refund it accounts for; null where there is none, or are several. */
  stripeRefundId: string | null;
  number: string;
  status: "issued" | "void";
  currency: string;
  totalMinor: bigint;
  /** Of the total. */
  taxMinor: bigint;
  createdAt: Date;
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
  /** One more seat; null where seats are not sold. */
  monthlySeatPriceMinor: bigint | null;
  annualSeatPriceMinor: bigint | null;
}

/** A fixed tax rate; `key` is the name by which it is found again. */
export interface TaxRatePush {
  displayName: string;
  percentage: string;
  key: string;
}

/** Where a pushed plan version lives at Stripe. */
export interface PlanPushed {
  stripeProductId: string;
  stripeMonthlyPriceId: string | null;
  stripeAnnualPriceId: string | null;
  stripeMonthlySeatPriceId: string | null;
  stripeAnnualSeatPriceId: string | null;
}

/** A price that a plan version has at Stripe, or should have. */
export interface PriceFound {
  lookupKey: string;
  interval: BillingInterval;
  amountMinor: bigint;
  /** Null: missing, or it costs otherwise. */
  stripePriceId: string | null;
}

/** What Stripe has of a plan version already, found by lookup key; null where something is missing or costs otherwise. */
export type PlanFound = Omit<PlanPushed, "stripeProductId"> & { stripeProductId: string | null; prices: PriceFound[] };

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
  /** Whether discounts of the subscription reduce it. */
  discountable: boolean;
  metadata: Record<string, string>;
}

/** A subscription to be started, without who pays how: what its preview needs. */
export interface StartRequest {
  stripeCustomerId: string;
  items: Array<{ stripePriceId: string; quantity: number }>;
  discount: DiscountChoice | null;
  /** Days before the first payment; null: paid at once. */
  trialDays: number | null;
  stripeTaxRateId: string | null;
  automaticTax: boolean;
}

/** A change of a running subscription. */
export interface ChangeRequest {
  stripeSubscriptionId: string;
  items: ItemEdit[];
  proration: Proration;
  /** Frozen second of the proration; null: the moment of the call. */
  prorationAt: Date | null;
  /** Starts a new period now, as an interval change needs. */
  restartPeriod: boolean;
  /** Those it has from now on; null changes none. */
  discounts: NextDiscounts | null;
  /** An end that was decided is taken back with the change: one with the period, or one at a date. */
  withdraws: "flag" | "date" | null;
}
