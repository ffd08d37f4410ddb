/**
 * What a request handler or a due moment sees of the sandbox's state.
 *
 * Handlers are synchronous: one transaction runs at a time, so no handler can observe another one half done. A transaction
 * that throws leaves no trace, except when the error says `commit` (a declined card is an error to the caller and still a
 * fact: the failed charge and `last_payment_error` stay). Committed transactions are one line of the journal each and are
 * on disk before the caller hears of them.
 */
import type Stripe from "stripe";
import type { CreateSessionParameters } from "../checkout/params";
import type { MetadataChange } from "../http/params";
import type { ReportedUsage, UsageCharge, UsageMark } from "./usage-records";

/** A payment method's secret behaviour: which test card or bank account stands behind it. The number itself is never kept. */
export interface PaymentScenario {
  id: string;
  /** The name of the behaviour in payments/scenarios.ts, for example "visa" or "charge_customer_fail". */
  scenario: string;
  /** True once an authentication for later off-session use has succeeded (4000002500003155 then passes off-session). */
  authenticatedForOffSession: boolean;
  /** Of a bank account: its micro-deposits were answered rightly, or it needs none. */
  verified?: boolean;
}

/** The response a used idempotency key replays, and the parameters it belongs to. */
export interface StoredReply {
  id: string;
  method: string;
  path: string;
  parametersHash: string;
  status: number;
  body: string;
  requestId: string;
  /** Real time in Unix milliseconds: keys live 24 hours of real time. */
  storedAtMs: number;
}

/** One webhook that has to reach one endpoint. Attempts run on the real clock. */
export interface Delivery {
  id: string;
  event: string;
  endpoint: string;
  status: "pending" | "delivered" | "failed";
  attempts: DeliveryAttempt[];
  nextAttemptAtMs: number;
  createdAtMs: number;
  /** Chaos: the first attempt is lost on the way. */
  dropsFirst?: boolean;
  /** Chaos: leaves when a later event of the endpoint has been sent, or at nextAttemptAtMs. */
  waitsForLater?: boolean;
  /** The delivery somebody asked to send once more. */
  replayOf?: string;
}

/** One try to deliver, as the log keeps it: what was sent beside the event's own JSON, and what came back. */
export interface DeliveryAttempt {
  atMs: number;
  responseStatus: number | null;
  error: string | null;
  /** Absent when nothing was sent. */
  requestHeaders?: Record<string, string>;
  /** The beginning of the answer's body. */
  responseBody?: string;
  durationMs?: number;
}

/** How often each trouble has happened since the switch was set. */
export interface ChaosCounters {
  events: number;
  duplicate: number;
  twin: number;
  reorder: number;
  delay: number;
  drop: number;
}

/** The chaos switch of a webhook endpoint: per trouble the share of events that meet it. Owned by webhooks/chaos.ts. */
export interface EndpointChaos {
  /** The endpoint's id. */
  id: string;
  seed: number;
  duplicate: number;
  twin: number;
  reorder: number;
  delay: number;
  drop: number;
  /** The longest delay. */
  delayMs: number;
  counters: ChaosCounters;
}

/** A moment in virtual time at which something falls due. `kind` selects the handler in clock/due.ts. */
export interface DueMoment {
  id: string;
  /** Id of the test clock, or "default". */
  clock: string;
  /** Unix seconds of virtual time. */
  at: number;
  kind: string;
  /** The object concerned, for example a subscription's or an invoice's id. */
  subject: string;
}

/** The default clock's state; test clocks are Stripe objects of their own. */
export interface DefaultClock {
  id: "default";
  /** Virtual time minus real time, in milliseconds: the default clock runs on after every advance. */
  offsetMs: number;
}

/** What a subscription item really was charged, the base of flexible-mode credits. Owned by billing/. */
export interface ItemDebit {
  id: string;
  subscriptionItem: string;
  invoice: string | null;
  invoiceLine: string | null;
  /** All lines of the charge, where it has one line per tier. */
  invoiceLines?: string[];
  invoiceItem: string | null;
  /** After discounts. */
  amountMinor: number;
  /** What the discounts took off; absent stands for nothing. */
  discounts?: Array<{ discount: string; amountMinor: number }>;
  periodStart: number;
  periodEnd: number;
}

/** What stays of a deleted object: retrieving it answers `deleted: true`. */
export interface Tombstone {
  id: string;
  object: string;
}

/** The signing secrets of a webhook endpoint; an old one stays valid until it expires after a rotation. */
export interface WebhookSecret {
  id: string;
  secrets: Array<{ secret: string; expiresAtMs: number | null }>;
  /** "options" for the endpoint that comes from the server's own options. */
  source: "api" | "options";
}

/** What a person decided about a customer's next charge, through the control routes. */
export interface NextPayment {
  /** The customer's id. */
  id: string;
  outcome: string;
}

/** Hidden state of a payment or setup intent: what its authentication has come to, and how it goes on after it. */
export interface IntentSecret {
  id: string;
  authentication: "none" | "pending" | "succeeded" | "failed";
  /** Where a redirect-based next action returns to. */
  returnUrl: string | null;
  offSession: boolean;
  /** Id of the invoice this payment intent collects for. */
  invoice: string | null;
  /** Of a setup intent: the one payment that it is for. */
  singleUse?: { amount: number; currency: string };
  /** Wrong answers about the account's micro-deposits. */
  verificationAttempts?: number;
}

/** The payment method behind a confirmation token. */
export interface TokenMethod {
  /** The token's id. */
  id: string;
  paymentMethod: string;
}

/** The behaviour behind a card token. */
export interface TokenCardScenario {
  /** The token's id. */
  id: string;
  /** The name of the behaviour in payments/scenarios.ts. */
  scenario: string;
}

/** A session of a customer's browser, which has no id in Stripe's shape. */
export interface CustomerSessionRecord {
  id: string;
  session: Stripe.CustomerSession;
}

/** A subscription that is to leave its pause when this invoice is settled. Owned by billing/. */
export interface Resumption {
  /** The resumption invoice's id. */
  id: string;
  subscription: string;
  /** Whether only a payment ends the pause, or already an attempt. */
  waitsForSuccess: boolean;
}

/** A price that was made inside another request, and so is inactive where it is used. Owned by billing/inline-prices.ts. */
export interface InlinePrice {
  /** The price's id. */
  id: string;
}

/** A change of a subscription that waits for this invoice, as the records it leads to. Owned by billing/. */
export interface PendingChange {
  /** The invoice's id. */
  id: string;
  subscription: string;
  change: Partial<Stripe.Subscription>;
  items: Stripe.SubscriptionItem[];
  debits: ItemDebit[];
  /** What was asked for in words of its own: shown while it waits, and the metadata is merged when it applies. */
  asked: { metadata: MetadataChange | undefined; cancelAtPeriodEnd: boolean | undefined; discounts: boolean };
  /** Discounts that the subscription and its items get with the change, and those they lose. */
  gained: string[];
  lost: string[];
}

/** What an account's settings page decides at Stripe. */
export interface AccountSettings {
  id: "account";
  /** What becomes of a subscription when no retry of its invoice is left. */
  afterRetries: "canceled" | "unpaid" | "past_due";
  /** How many customers a test clock takes, as Stripe's takes three; any number when absent or null. */
  customersPerClock?: number | null;
}

/** What a checkout session will make when its form is sent. Owned by checkout/. */
export interface CheckoutPlan {
  /** The session's id. */
  id: string;
  lineItems: Stripe.LineItem[];
  /** The tax rates each line item names, by its id. */
  taxRates: Record<string, string[]>;
  /** The intent its page confirms, once there is one. */
  intent: string | null;
  /** What the session was opened with, and the server's own address then. */
  params: CreateSessionParameters;
  baseUrl: string;
}

/** What was decided about one line's taxes, which otherwise follow its source. Owned by billing/. */
export interface LineTaxTerms {
  /** The line's id. */
  id: string;
  /** Rates of the line alone. */
  rates: Stripe.TaxRate[] | null;
  /** Amounts that were calculated elsewhere. */
  amounts: Stripe.InvoiceLineItem.Tax[] | null;
}

/** Where the sandbox can be reached, for links in objects that time makes. */
export interface ServerAddress {
  id: "server";
  url: string;
}

/** The account's tax settings as they were changed. Owned by tax/. */
export interface TaxSettingsRecord {
  id: string;
  settings: Stripe.Tax.Settings;
}

/** Where a customer was last seen on the network. Owned by tax/. */
export interface CustomerIpAddress {
  /** The customer's id. */
  id: string;
  ipAddress: string;
}

/** What an invoice item was told about its taxes, which Stripe's object does not show. Owned by billing/. */
export interface ItemTaxTerms {
  /** The invoice item's id. */
  id: string;
  behavior: string | null;
  taxCode: string | null;
}

/** A tax calculation with its lines. Owned by tax/. */
export interface TaxCalculationRecord {
  id: string;
  calculation: Stripe.Tax.Calculation;
  lineItems: Stripe.Tax.CalculationLineItem[];
}

/** Every collection of the sandbox: Stripe's objects in their unexpanded form, and the sandbox's own records. */
export interface Collections {
  customer: Stripe.Customer;
  payment_method: Stripe.PaymentMethod;
  setup_intent: Stripe.SetupIntent;
  payment_intent: Stripe.PaymentIntent;
  confirmation_token: Stripe.ConfirmationToken;
  charge: Stripe.Charge;
  refund: Stripe.Refund;
  balance_transaction: Stripe.BalanceTransaction;
  dispute: Stripe.Dispute;
  early_fraud_warning: Stripe.Radar.EarlyFraudWarning;
  product: Stripe.Product;
  price: Stripe.Price;
  tax_rate: Stripe.TaxRate;
  coupon: Stripe.Coupon;
  promotion_code: Stripe.PromotionCode;
  discount: Stripe.Discount;
  subscription: Stripe.Subscription;
  subscription_item: Stripe.SubscriptionItem;
  invoice: Stripe.Invoice;
  invoice_line: Stripe.InvoiceLineItem;
  invoiceitem: Stripe.InvoiceItem;
  invoice_payment: Stripe.InvoicePayment;
  customer_balance_transaction: Stripe.CustomerBalanceTransaction;
  credit_note: Stripe.CreditNote;
  tax_id: Stripe.TaxId;
  event: Stripe.Event;
  webhook_endpoint: Stripe.WebhookEndpoint;
  test_clock: Stripe.TestHelpers.TestClock;
  payment_scenario: PaymentScenario;
  stored_reply: StoredReply;
  delivery: Delivery;
  due_moment: DueMoment;
  default_clock: DefaultClock;
  item_debit: ItemDebit;
  line_tax_terms: LineTaxTerms;
  server_address: ServerAddress;
  mandate: Stripe.Mandate;
  tombstone: Tombstone;
  webhook_secret: WebhookSecret;
  endpoint_chaos: EndpointChaos;
  next_payment: NextPayment;
  intent_secret: IntentSecret;
  token_method: TokenMethod;
  token: Stripe.Token;
  token_card: TokenCardScenario;
  file: Stripe.File;
  setup_attempt: Stripe.SetupAttempt;
  customer_session: CustomerSessionRecord;
  resumption: Resumption;
  checkout_session: Stripe.Checkout.Session;
  checkout_plan: CheckoutPlan;
  portal_configuration: Stripe.BillingPortal.Configuration;
  portal_session: Stripe.BillingPortal.Session;
  account_settings: AccountSettings;
  tax_settings: TaxSettingsRecord;
  tax_registration: Stripe.Tax.Registration;
  tax_calculation: TaxCalculationRecord;
  customer_ip_address: CustomerIpAddress;
  item_tax_terms: ItemTaxTerms;
  subscription_schedule: Stripe.SubscriptionSchedule;
  pending_change: PendingChange;
  inline_price: InlinePrice;
  meter: Stripe.Billing.Meter;
  reported_usage: ReportedUsage;
  usage_mark: UsageMark;
  usage_charge: UsageCharge;
}

/** The name of a collection. */
export type CollectionName = keyof Collections;

/** The API request behind a change; null when time itself is the cause (events then carry null ids). */
export interface RequestOrigin {
  requestId: string;
  idempotencyKey: string | null;
}

/** A unit of work on the state. Records handed out are frozen: change one by putting a new one. */
export interface Transaction {
  readonly origin: RequestOrigin | null;
  /** The clock whose due moment is being handled ("default" or a test clock's id), null inside a request. */
  readonly clock: string | null;
  find<K extends CollectionName>(kind: K, id: string): Collections[K] | undefined;
  /** Like find, but throws Stripe's 404 `resource_missing` ("No such customer: 'cus_x'") with `param`. */
  get<K extends CollectionName>(kind: K, id: string, param?: string): Collections[K];
  put<K extends CollectionName>(kind: K, record: Collections[K]): Collections[K];
  remove(kind: CollectionName, id: string): void;
  /** All records that satisfy the predicate, newest first (by creation order). */
  list<K extends CollectionName>(kind: K, where?: (record: Collections[K]) => boolean): Collections[K][];
  /** Records by an index declared in store/indexes.ts (for example invoices by customer), newest first. */
  listBy<K extends CollectionName>(kind: K, index: string, value: string): Collections[K][];
  /** A new id with Stripe's prefix and length for this prefix, for example newId("in") → "in_1…" (24 characters after the prefix). */
  newId(prefix: string): string;
  /** Virtual now in Unix seconds: of this test clock, or of the default clock when null. */
  now(testClock: string | null): number;
  /** Schedules (or moves, by same kind and subject) a due moment. */
  schedule(moment: Omit<DueMoment, "id">): void;
  unschedule(kind: string, subject: string): void;
  /** Records an event about a snapshot of `object` and creates its deliveries. `created` is virtual time of the object's clock. */
  emit(
    type: Stripe.Event["type"],
    object: { id?: string; object: string },
    previousAttributes?: Record<string, unknown>,
  ): void;
}
