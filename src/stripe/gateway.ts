/**
 * The port to Stripe in our own nouns: what the domain may ask. What it says and gets back is in records.ts.
 *
 * Owns no rule of billing. Every write requires an idempotency key, derived from an operation that was stored before. The
 * live adapter (live.ts) speaks to Stripe or to the sandbox over HTTP with the official SDK; translation of each Stripe
 * object is one pure file below translate/. Amounts are integer minor units, times are Dates, unknown things are refused.
 *
 * Failures are BillingErrors: `declined` (payment.*), `upstream` (stripe.unavailable, retryable; stripe.refused, not).
 */
import type { DiscountChoice, NextDiscounts } from "@/billing/subscriptions/model";
import type { CouponRequest, PromotionRecord, PromotionRequest } from "@/billing/subscriptions/model-promotions";
import type { PostalAddress } from "@/billing/tenants/model-billing-details";
import type {
  BankVerificationRecord,
  BillingDetailsRecord,
  CallKey,
  ChangeRequest,
  Confirmation,
  CreditNoteRecord,
  CustomerRecord,
  DepositAnswer,
  InvoiceItemRequest,
  InvoiceRecord,
  PaymentMethodRecord,
  PaymentRecord,
  PlanFound,
  PlanPush,
  PlanPushed,
  RefundRecord,
  StartRequest,
  SubscriptionReceipt,
  SubscriptionRecord,
  TaxIdRecord,
  TaxRatePush,
} from "./records";

export type * from "./records";

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

  /**
   * Taxes a subscription by this fixed rate from its next invoice on, also in what is scheduled for it. Charges nothing.
   * False when it has the rate, is over, or is not taxed by a rate of ours.
   */
  adoptTaxRate(stripeSubscriptionId: string, stripeTaxRateId: string, key: CallKey): Promise<boolean>;

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
    request: ChangeRequest & {
      whenUnpaid: "refuse" | "wait";
      /** The newest invoice before the change: what the change bills is another one. */
      latestStripeInvoiceId: string | null;
    },
    key: CallKey,
  ): Promise<SubscriptionReceipt>;
  /** The invoice that a change would make; null when it comes to no cent, and none is made. Nothing is stored. */
  previewChange(request: ChangeRequest): Promise<InvoiceRecord | null>;
  /** Voids the invoice a parked change waits for, which drops the change; does nothing when none is parked. */
  abandonPendingUpdate(stripeSubscriptionId: string, key: CallKey): Promise<void>;
  /** Lets the subscription become something else at the end of its running period. Replaces an earlier schedule. */
  scheduleChange(
    request: {
      stripeSubscriptionId: string;
      items: Array<{ stripePriceId: string; quantity: number }>;
      /** The interval changes, so the new period starts where the old one ends. */
      restartPeriod: boolean;
      /** Put beside the discounts there are, from then on; null changes none. */
      discount: DiscountChoice | null;
    },
    key: CallKey,
  ): Promise<SubscriptionRecord>;
  /** Forgets what was scheduled; the subscription goes on as it is. */
  releaseSchedule(stripeScheduleId: string, key: CallKey): Promise<void>;
  /** Schedules anew what a released schedule had not begun, for a change that was refused after the release. */
  restoreSchedule(stripeScheduleId: string, key: CallKey): Promise<void>;
  /** Ends the trial: the first period begins, and is charged, now. */
  endTrial(
    request: Pick<ChangeRequest, "stripeSubscriptionId" | "withdraws">,
    key: CallKey,
  ): Promise<SubscriptionReceipt>;
  previewEndTrial(request: Pick<ChangeRequest, "stripeSubscriptionId" | "withdraws">): Promise<InvoiceRecord>;
  /** Stops periods and invoices; the unused time becomes a credit that the resumption uses. */
  pauseSubscription(stripeSubscriptionId: string, key: CallKey): Promise<SubscriptionRecord>;
  /** Starts a new period now and charges it; throws `declined` when that fails, and it stays paused. */
  unpauseSubscription(stripeSubscriptionId: string, key: CallKey): Promise<SubscriptionReceipt>;
  /** Null when no time is left to credit. */
  previewPause(stripeSubscriptionId: string): Promise<InvoiceRecord | null>;
  /** Null when the paused period goes on unbilled. With `discounts` a period of it at these, without what is credited. */
  previewUnpause(stripeSubscriptionId: string, discounts: NextDiscounts | null): Promise<InvoiceRecord | null>;
  cancelSubscriptionAtPeriodEnd(stripeSubscriptionId: string, key: CallKey): Promise<SubscriptionRecord>;
  resumeSubscription(stripeSubscriptionId: string, key: CallKey): Promise<SubscriptionRecord>;
  /** Ends it at once with a final invoice of what is pending; with `prorate` the unused time becomes credit on it. */
  cancelSubscriptionNow(
    stripeSubscriptionId: string,
    options: { prorate: boolean; invoiceNow: boolean },
    key: CallKey,
  ): Promise<SubscriptionRecord>;
  /** The final invoice of `cancelSubscriptionNow` at a frozen instant, with these amounts added; null when it would be empty. */
  previewCancelNow(request: {
    stripeSubscriptionId: string;
    at: Date;
    prorate: boolean;
    items: InvoiceItemRequest[];
  }): Promise<InvoiceRecord | null>;
  /** The active promotion code with this text, in any case, that this customer may redeem; null when there is none. */
  findPromotionCode(code: string, stripeCustomerId: string | null): Promise<PromotionRecord | null>;
  /** Promotion codes, newest first; `after` is the last id of the page before. */
  listPromotionCodes(page: {
    limit: number;
    after: string | null;
    active: boolean | null;
  }): Promise<{ promotions: PromotionRecord[]; hasMore: boolean }>;
  /** The coupon of these terms, made when there is none; the same terms find the same one. */
  ensureCoupon(request: CouponRequest): Promise<string>;
  /** Gives a subscription these discounts and no others, from its next invoice on. Charges nothing. */
  setDiscounts(stripeSubscriptionId: string, discounts: NextDiscounts, key: CallKey): Promise<void>;
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
  /** What the browser confirms to pay an invoice whose bank asks, also one given up; null when nothing is to be confirmed. */
  fetchInvoiceConfirmation(stripeInvoiceId: string): Promise<Confirmation | null>;
  /** Gives up collecting an open invoice by itself; it can still be paid. One that is not open stays as it is. */
  markUncollectible(stripeInvoiceId: string, key: CallKey): Promise<InvoiceRecord>;
  listInvoices(stripeCustomerId: string): Promise<InvoiceRecord[]>;
  /** An invoice of these items alone, taxed by their rates or else by the customer's place; nothing is stored. */
  previewItems(stripeCustomerId: string, items: InvoiceItemRequest[]): Promise<InvoiceRecord>;
  /** The next renewal as Stripe would make it, with these amounts added; nothing is stored. */
  previewRenewal(stripeSubscriptionId: string, items: InvoiceItemRequest[]): Promise<InvoiceRecord>;
  /**
   * What the next period will cost if the subscription sold this from now on, at these discounts and no others; without
   * credit and pending items. What is scheduled does not count.
   */
  previewRecurring(
    stripeSubscriptionId: string,
    sold: Pick<ChangeRequest, "items" | "restartPeriod"> & { discounts: NextDiscounts },
  ): Promise<InvoiceRecord>;
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
  /**
   * Takes a refunded part of an invoice back with a credit note. Throws `precondition invoice.not_creditable` when Stripe
   * does not take that much back any more.
   */
  creditRefund(
    request: {
      stripeInvoiceId: string;
      stripeRefundId: string;
      /** Ours. */
      refundId: string;
      totalMinor: bigint;
      /** Of the total; Stripe states its own where it calculated the invoice's taxes. */
      taxMinor: bigint;
      description: string;
    },
    key: CallKey,
  ): Promise<CreditNoteRecord>;
  fetchCreditNote(stripeCreditNoteId: string): Promise<CreditNoteRecord | null>;
  /** Every credit note of an invoice, the oldest first. */
  listCreditNotes(stripeInvoiceId: string): Promise<CreditNoteRecord[]>;
  /** Every refund of a payment, the oldest first. */
  listRefunds(stripePaymentIntentId: string): Promise<RefundRecord[]>;
}
