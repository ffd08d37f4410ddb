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
import type { TaxPart } from "@/billing/kernel/tax";
import type { PaymentStatus } from "@/billing/payments/model";
import type {
  BillingInterval,
  DiscountChoice,
  ItemEdit,
  Promotion,
  Proration,
  SubscriptionStatus,
} from "@/billing/subscriptions/model";
import type { PromotionRecord, PromotionRequest } from "@/billing/subscriptions/model-promotions";
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
  discounts: Array<{ name: string | null; amountMinor: bigint }>;
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
  /** Put beside the discounts there are; null changes none. */
  discount: DiscountChoice | null;
}

/** Everything the domain asks of Stripe. */
export interface StripeGateway {
  /** Makes product, prices (by lookup key) and returns their ids; calling again returns the same. */
  pushPlan(plan: PlanPush): Promise<PlanPushed>;
  /** What Stripe has of it; makes nothing. */
  findPlan(plan: PlanPush): Promise<PlanFound>;
  /** Finds or makes the fixed tax rate. */
  pushTaxRate(rate: TaxRatePush): Promise<string>;
  /** The tax rate if Stripe has it; makes nothing. */
  findTaxRate(rate: TaxRatePush): Promise<string | null>;

  createCustomer(
    customer: { tenantId: string; slug: string; name: string; email: string; testClockId: string | null },
    key: CallKey,
  ): Promise<CustomerRecord>;
  fetchCustomer(stripeCustomerId: string): Promise<CustomerRecord | null>;
  /** Moves the customer's balance: positive takes credit away (it was paid out), negative gives some. */
  adjustBalance(
    stripeCustomerId: string,
    adjustment: { amountMinor: bigint; currency: string; description: string },
    key: CallKey,
  ): Promise<void>;

  /** Null when the customer was deleted. */
  fetchBillingDetails(stripeCustomerId: string): Promise<BillingDetailsRecord | null>;
  /**
   * Replaces name, e-mail, phone, address and reference. With `mustBePlaced` an address that taxes cannot be calculated for
   * is refused: `precondition tax.location_required`.
   */
  updateBillingDetails(
    stripeCustomerId: string,
    details: {
      legalName: string;
      email: string;
      phone: string | null;
      address: PostalAddress | null;
      purchaseOrder: string | null;
      mustBePlaced: boolean;
    },
    key: CallKey,
  ): Promise<void>;
  /** Throws `invalid tax.id_invalid` for a value that is none of its kind. */
  addTaxId(stripeCustomerId: string, taxId: { type: string; value: string }, key: CallKey): Promise<TaxIdRecord>;
  /** Does nothing when it is gone. */
  removeTaxId(stripeCustomerId: string, stripeTaxId: string): Promise<void>;
  /** Turns automatic tax on again where Stripe turned it off for want of an address. Returns on how many subscriptions. */
  restoreAutomaticTax(stripeCustomerId: string, key: CallKey): Promise<number>;

  /** Offers cards, and the account debits of the currency. */
  createSetupIntent(stripeCustomerId: string, currency: string, key: CallKey): Promise<Confirmation>;
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
  /** Bank accounts of the last weeks that are not verified. */
  listBankVerifications(stripeCustomerId: string): Promise<BankVerificationRecord[]>;
  /** Proves an account. Throws `invalid payment.verification_failed` for a wrong answer. */
  verifyBankAccount(stripeSetupIntentId: string, answer: DepositAnswer, key: CallKey): Promise<void>;
  /** Gives an account up that is not verified; does nothing when it is not waiting. */
  abandonSetup(stripeSetupIntentId: string, key: CallKey): Promise<void>;

  /** Without a payment method the subscription starts incomplete and `confirmation` tells how to pay its first invoice. */
  createSubscription(
    request: StartRequest & {
      tenantId: string;
      /** Kept in the metadata, so that a retry finds what an earlier try started, however long ago. */
      operationId: string;
      stripePaymentMethodId: string | null;
      /** `refuse`: a declined card makes nothing; `wait`: the subscription waits for the browser. */
      whenUnpaid: "refuse" | "wait";
      /** Kept in the subscription's metadata for people who look at Stripe; nothing reads it back. */
      planVersionId: string;
    },
    key: CallKey,
  ): Promise<SubscriptionReceipt>;
  /** The first invoice of a subscription that is not there yet; nothing is stored. */
  previewStart(request: StartRequest): Promise<InvoiceRecord>;
  /**
   * `refuse`: a payment that fails or needs the customer changes nothing and throws `declined`. `wait`: the change is parked
   * until its invoice is paid; `confirmation` tells how, and `abandonPendingUpdate` gives it up.
   */
  changeSubscription(
    request: ChangeRequest & { whenUnpaid: "refuse" | "wait" },
    key: CallKey,
  ): Promise<SubscriptionReceipt>;
  /** What a change would bill: with proration "now" its invoice, otherwise the next one. Nothing is stored. */
  previewChange(request: ChangeRequest): Promise<InvoiceRecord>;
  /** Voids the invoice a parked change waits for, which drops the change; does nothing when none is parked. */
  abandonPendingUpdate(stripeSubscriptionId: string, key: CallKey): Promise<void>;
  /** Lets the subscription become something else at the end of its running period. Replaces an earlier schedule. */
  scheduleChange(
    request: {
      stripeSubscriptionId: string;
      items: Array<{ stripePriceId: string; quantity: number }>;
      /** The interval changes, so the new period starts where the old one ends. */
      restartPeriod: boolean;
    },
    key: CallKey,
  ): Promise<SubscriptionRecord>;
  /** Forgets what was scheduled; the subscription goes on as it is. */
  releaseSchedule(stripeScheduleId: string, key: CallKey): Promise<void>;
  /** Ends the trial: the first period begins, and is charged, now. */
  endTrial(stripeSubscriptionId: string, key: CallKey): Promise<SubscriptionReceipt>;
  previewEndTrial(stripeSubscriptionId: string): Promise<InvoiceRecord>;
  /** Stops periods and invoices; the unused time becomes a credit that the resumption uses. */
  pauseSubscription(stripeSubscriptionId: string, key: CallKey): Promise<SubscriptionRecord>;
  /** Starts a new period now and charges it; throws `declined` when that fails, and it stays paused. */
  unpauseSubscription(stripeSubscriptionId: string, key: CallKey): Promise<SubscriptionReceipt>;
  previewPause(stripeSubscriptionId: string): Promise<InvoiceRecord>;
  previewUnpause(stripeSubscriptionId: string): Promise<InvoiceRecord>;
  cancelSubscriptionAtPeriodEnd(stripeSubscriptionId: string, key: CallKey): Promise<SubscriptionRecord>;
  resumeSubscription(stripeSubscriptionId: string, key: CallKey): Promise<SubscriptionRecord>;
  /** Ends it at once with a final invoice of what is pending; with `prorate` the unused time becomes credit on it. */
  cancelSubscriptionNow(
    stripeSubscriptionId: string,
    options: { prorate: boolean; invoiceNow: boolean },
    key: CallKey,
  ): Promise<SubscriptionRecord>;
  /** The final invoice of `cancelSubscriptionNow` at a frozen instant, with these amounts added; nothing is stored. */
  previewCancelNow(request: {
    stripeSubscriptionId: string;
    at: Date;
    prorate: boolean;
    items: InvoiceItemRequest[];
  }): Promise<InvoiceRecord>;
  /** The active promotion code with this text, in any case, that this customer may redeem; null when there is none. */
  findPromotionCode(code: string, stripeCustomerId: string | null): Promise<Promotion | null>;
  /** Promotion codes, newest first; `after` is the last id of the page before. */
  listPromotionCodes(page: {
    limit: number;
    after: string | null;
    active: boolean | null;
  }): Promise<{ promotions: PromotionRecord[]; hasMore: boolean }>;
  /** Makes a coupon and the code that stands for it. */
  createPromotionCode(request: PromotionRequest, key: CallKey): Promise<PromotionRecord>;
  /** Takes a code out of use, or puts it back; discounts that were made from it go on. Null when there is none. */
  setPromotionCodeActive(
    stripePromotionCodeId: string,
    isActive: boolean,
    key: CallKey,
  ): Promise<PromotionRecord | null>;
  fetchSubscription(stripeSubscriptionId: string): Promise<SubscriptionRecord | null>;
  /** Every subscription of the customer that is not over, newest first. */
  listLiveSubscriptions(stripeCustomerId: string): Promise<SubscriptionRecord[]>;
  /** What waits for the browser, to go on after a reload: a first payment, or the payment of a parked change. */
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
  /** What the browser confirms to pay an open invoice whose bank asks; null when there is nothing to confirm. */
  fetchInvoiceConfirmation(stripeInvoiceId: string): Promise<Confirmation | null>;
  /** Gives up collecting an open invoice by itself; it can still be paid. One that is not open stays as it is. */
  markUncollectible(stripeInvoiceId: string, key: CallKey): Promise<InvoiceRecord>;
  listInvoices(stripeCustomerId: string): Promise<InvoiceRecord[]>;
  /** The next renewal as Stripe would make it, with these amounts added; nothing is stored. */
  previewRenewal(stripeSubscriptionId: string, items: InvoiceItemRequest[]): Promise<InvoiceRecord>;
  /** What each period will cost from the next one on if the subscription sold this; without credit and pending items. */
  previewRecurring(stripeSubscriptionId: string, items: ItemEdit[]): Promise<InvoiceRecord>;
  fetchPayment(stripePaymentIntentId: string): Promise<PaymentRecord | null>;
  listPayments(stripeCustomerId: string): Promise<PaymentRecord[]>;
  /**
   * Charges a saved method once, for no invoice. With `onSession` a bank that asks is waited for and `confirmation` tells how
   * to go on; otherwise, and for every other refusal, it throws `declined`.
   */
  createPayment(
    request: {
      stripeCustomerId: string;
      stripePaymentMethodId: string;
      amountMinor: bigint;
      currency: string;
      description: string;
      onSession: boolean;
      metadata: Record<string, string>;
    },
    key: CallKey,
  ): Promise<PaymentRecord>;
  /** What the browser needs to confirm a payment; null when nothing is left to confirm. */
  fetchPaymentConfirmation(stripePaymentIntentId: string): Promise<Confirmation | null>;
  /** Throws `precondition payment.not_refundable` when Stripe will not give back this much, or anything. */
  refundPayment(
    request: {
      stripePaymentIntentId: string;
      amountMinor: bigint;
      reason: string;
      /** Ours, by which a webhook knows the refund. */
      refundId?: string;
    },
    key: CallKey,
  ): Promise<RefundRecord>;
  /** Every refund of a payment, the oldest first. */
  listRefunds(stripePaymentIntentId: string): Promise<RefundRecord[]>;
}
