/** Payment intents as records: making them, moving them to their end states. Charging is in charge.ts. */
import type Stripe from "stripe";
import { invalidRequest } from "../http/errors";
import { randomText } from "../store/ids";
import { idOf } from "../store/indexes";
import type { IntentSecret, Transaction } from "../store/transaction";
import { clockOf } from "../webhooks/events";
import { type MethodChoice, withMethodChoice } from "./method-choice";

/** What a new payment intent is made from. */
export interface NewPaymentIntent {
  amountMinor: number;
  currency: string;
  customer: string | null;
  description?: string | null;
  metadata?: Record<string, string>;
  captureMethod?: Stripe.PaymentIntent.CaptureMethod;
  setupFutureUsage?: "off_session" | "on_session" | null;
  automaticPaymentMethods?: Stripe.PaymentIntent.AutomaticPaymentMethods | null;
  receiptEmail?: string | null;
  statementDescriptor?: string | null;
  /** Which kinds of payment method to offer; without it, cards. */
  methodChoice?: MethodChoice;
  /** Id of the invoice it collects for; billing hears of everything that happens to the intent then. */
  invoice?: string | null;
}

/** Stores a payment intent that waits for a payment method and emits payment_intent.created. */
export function createPaymentIntent(tx: Transaction, given: NewPaymentIntent): Stripe.PaymentIntent {
  const id = tx.newId("pi");
  const blank: Stripe.PaymentIntent = {
    id,
    object: "payment_intent",
    allowed_payment_method_types: null,
    amount: given.amountMinor,
    amount_capturable: 0,
    amount_details: { tip: {} },
    amount_received: 0,
    application: null,
    application_fee_amount: null,
    automatic_payment_methods: given.automaticPaymentMethods ?? null,
    canceled_at: null,
    cancellation_reason: null,
    capture_method: given.captureMethod ?? "automatic_async",
    client_secret: `${id}_secret_${randomText(25)}`,
    confirmation_method: "automatic",
    created: tx.now(clockOf(tx, { object: "payment_intent", customer: given.customer })),
    currency: given.currency,
    customer: given.customer,
    customer_account: null,
    description: given.description ?? null,
    excluded_payment_method_types: null,
    last_payment_error: null,
    latest_charge: null,
    livemode: false,
    managed_payments: null,
    metadata: given.metadata ?? {},
    next_action: null,
    on_behalf_of: null,
    payment_method: null,
    payment_method_configuration_details: null,
    payment_method_options: {
      card: { installments: null, mandate_options: null, network: null, request_three_d_secure: "automatic" },
    },
    payment_method_types: ["card"],
    payment_record: null,
    processing: null,
    receipt_email: given.receiptEmail ?? null,
    review: null,
    setup_future_usage: given.setupFutureUsage ?? null,
    shipping: null,
    source: null,
    statement_descriptor: given.statementDescriptor ?? null,
    statement_descriptor_suffix: null,
    status: "requires_payment_method",
    transfer_data: null,
    transfer_group: null,
  };
  const intent = tx.put("payment_intent", withMethodChoice(blank, given.methodChoice ?? {}));
  setIntentSecret(tx, id, { invoice: given.invoice ?? null });
  tx.emit("payment_intent.created", intent);
  return intent;
}

/** What billing asks for when an invoice is finalised with something to pay. */
export interface InvoicePaymentIntent {
  invoice: string;
  customer: string;
  amountMinor: number;
  currency: string;
  description: string | null;
  /** "off_session" when the method is to be kept for the subscription's later invoices. */
  setupFutureUsage: "off_session" | null;
  /** The kinds of payment method that the invoice names. */
  methodChoice: MethodChoice;
}

/** The payment intent of an invoice. Stripe gives it automatic methods and the invoice's currency and amount due. */
export function createPaymentIntentForInvoice(tx: Transaction, given: InvoicePaymentIntent): Stripe.PaymentIntent {
  return createPaymentIntent(tx, { ...given, captureMethod: "automatic" });
}

/** Changes the hidden state of an intent, creating it where there is none. */
export function setIntentSecret(tx: Transaction, id: string, change: Partial<Omit<IntentSecret, "id">>): IntentSecret {
  const current = tx.find("intent_secret", id);
  const blank = { authentication: "none" as const, returnUrl: null, offSession: false, invoice: null };
  return tx.put("intent_secret", { ...blank, ...current, ...change, id });
}

/** How often a wrong answer was given about an intent's micro-deposits. */
export function previousAttempts(tx: Transaction, intent: string): number {
  return tx.find("intent_secret", intent)?.verificationAttempts ?? 0;
}

const cancelable = new Set<string>([
  "requires_payment_method",
  "requires_confirmation",
  "requires_action",
  "requires_capture",
  "processing",
]);

/** Cancels an intent that has not succeeded; billing uses it when an invoice is voided. */
export function cancelPaymentIntent(
  tx: Transaction,
  intent: Stripe.PaymentIntent,
  reason: Stripe.PaymentIntent.CancellationReason | null,
): Stripe.PaymentIntent {
  if (!cancelable.has(intent.status)) {
    throw invalidRequest(
      `You cannot cancel this PaymentIntent because it has a status of ${intent.status}. Only a PaymentIntent with one of the following statuses may be canceled: ${[...cancelable].join(", ")}.`,
      { code: "payment_intent_unexpected_state" },
    );
  }
  const canceled = tx.put("payment_intent", {
    ...intent,
    status: "canceled",
    amount_capturable: 0,
    canceled_at: tx.now(clockOf(tx, intent)),
    cancellation_reason: reason,
    next_action: null,
  });
  tx.emit("payment_intent.canceled", canceled);
  return canceled;
}

/** Whether this method may pay for this intent: it must be free or belong to the same customer. */
export function checkOwner(method: Stripe.PaymentMethod, customer: string | null): void {
  const owner = idOf(method.customer);
  if (owner === null || owner === customer) return;
  throw invalidRequest(
    customer === null
      ? `The PaymentMethod ${method.id} belongs to a customer. Please include the customer in the \`customer\` parameter.`
      : `The PaymentMethod ${method.id} does not belong to the Customer ${customer}.`,
    { param: "payment_method" },
  );
}
