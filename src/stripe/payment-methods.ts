/**
 * Payment methods: saving, choosing, listing, removing them. No card number ever passes here; the browser gives it to
 * Stripe and we get an id.
 */
import Stripe from "stripe";
import { declineAdvice } from "@/billing/kernel/declines";
import { BillingError } from "@/billing/kernel/errors";
import type { ClientSource } from "./client";
import { callStripe, findAtStripe, translateError } from "./errors";
import type { DepositAnswer, PaymentMethodRecord, StripeGateway } from "./gateway";
import { callKey } from "./idempotency";
import { phasesAhead } from "./schedules";
import { bankVerificationRecord } from "./translate/bank-verification";
import { paymentMethodRecord } from "./translate/payment-method";
import { optionalId, unknownValue } from "./translate/values";

type PaymentMethodCalls = Pick<
  StripeGateway,
  | "createSetupIntent"
  | "attachPaymentMethod"
  | "detachPaymentMethod"
  | "setDefaultPaymentMethod"
  | "listPaymentMethods"
  | "listBankVerifications"
  | "verifyBankAccount"
  | "abandonSetup"
>;

/** The debit of bank accounts that takes a currency. */
const ACCOUNT_DEBITS: Readonly<Partial<Record<string, "us_bank_account" | "sepa_debit">>> = {
  usd: "us_bank_account",
  eur: "sepa_debit",
};

/** The gateway's calls about payment methods. */
export function paymentMethodCalls(client: ClientSource): PaymentMethodCalls {
  const list = (stripeCustomerId: string) => listMethods(client, stripeCustomerId);
  return {
    async createSetupIntent(stripeCustomerId, currency, key) {
      const debit = ACCOUNT_DEBITS[currency];
      const params: Stripe.SetupIntentCreateParams = {
        customer: stripeCustomerId,
        usage: "off_session",
        // A set-up has no currency, so Stripe cannot know which debits would ever be charged here.
        allowed_payment_method_types: debit ? ["card", debit] : ["card"],
      };
      const intent = await callStripe(() => client().setupIntents.create(params, { idempotencyKey: key }));
      if (intent.client_secret === null) throw unknownValue("a set-up's client secret", intent.id);
      return { clientSecret: intent.client_secret, intent: "setup" };
    },

    async attachPaymentMethod(stripeCustomerId, stripePaymentMethodId, key) {
      const isIt = (method: PaymentMethodRecord) => method.stripePaymentMethodId === stripePaymentMethodId;
      // The browser's set-up attaches the card by itself, and attaching twice is an error at Stripe.
      const attached = (await list(stripeCustomerId)).find(isIt);
      if (attached) return attached;
      try {
        const params = { customer: stripeCustomerId };
        const method = await client().paymentMethods.attach(stripePaymentMethodId, params, { idempotencyKey: key });
        return paymentMethodRecord(method);
      } catch (error) {
        const raced = (await list(stripeCustomerId)).find(isIt);
        if (raced) return raced;
        throw attachRefusal(error);
      }
    },

    async detachPaymentMethod(stripePaymentMethodId, key) {
      await callStripe(() => client().paymentMethods.detach(stripePaymentMethodId, undefined, { idempotencyKey: key }));
    },

    async setDefaultPaymentMethod(stripeCustomerId, stripePaymentMethodId, key) {
      await callStripe(() =>
        client().customers.update(
          stripeCustomerId,
          { invoice_settings: { default_payment_method: stripePaymentMethodId } },
          { idempotencyKey: callKey(key, "customer") },
        ),
      );
      await rebindSubscriptions(client, stripeCustomerId, stripePaymentMethodId, key);
    },

    listPaymentMethods: list,

    listBankVerifications: (stripeCustomerId) =>
      callStripe(async () => {
        // One page of the newest: deposits are answered within ten days or never.
        const params = { customer: stripeCustomerId, limit: 100, expand: ["data.payment_method"] };
        const { data } = await client().setupIntents.list(params);
        return data.flatMap((intent) => bankVerificationRecord(intent) ?? []);
      }),

    verifyBankAccount: (stripeSetupIntentId, answer, key) => verify(client, stripeSetupIntentId, answer, key),

    async abandonSetup(stripeSetupIntentId, key) {
      const intent = await findAtStripe(() => client().setupIntents.retrieve(stripeSetupIntentId));
      if (intent === null || intent.status === "canceled" || intent.status === "succeeded") return;
      await callStripe(() => client().setupIntents.cancel(intent.id, {}, { idempotencyKey: key }));
    },
  };
}

async function verify(client: ClientSource, id: string, answer: DepositAnswer, key: string): Promise<void> {
  const params =
    "amountsMinor" in answer ? { amounts: answer.amountsMinor } : { descriptor_code: answer.descriptorCode };
  try {
    await client().setupIntents.verifyMicrodeposits(id, params, { idempotencyKey: key });
  } catch (error) {
    const code = error instanceof Stripe.errors.StripeError ? (error.code ?? "") : "";
    if (!code.startsWith("payment_method_microdeposit")) throw translateError(error);
    throw new BillingError("invalid", "payment.verification_failed", declineAdvice(code, null), {
      details: { stripeCode: code },
      cause: error,
    });
  }
}

function listMethods(client: ClientSource, stripeCustomerId: string): Promise<PaymentMethodRecord[]> {
  return callStripe(async () => {
    const methods: PaymentMethodRecord[] = [];
    for await (const method of client().customers.listPaymentMethods(stripeCustomerId, { limit: 100 })) {
      methods.push(paymentMethodRecord(method));
    }
    return methods;
  });
}

/** Stripe says in several ways that a method is not this customer's to take: unknown, another's, or let go of for good. */
function attachRefusal(error: unknown): unknown {
  const isOfMethod = error instanceof Stripe.errors.StripeInvalidRequestError && error.param !== "customer";
  const translated = translateError(error);
  if (!isOfMethod || !(translated instanceof BillingError) || translated.code !== "stripe.refused") return translated;
  const message =
    "There is no such payment method that could be added here. Make a new one with Stripe.js and send its id.";
  return new BillingError("not_found", "payment.method_not_found", message, { cause: error });
}

/** A subscription's own method goes before the customer's, so a new default would not reach its renewals. */
async function rebindSubscriptions(
  client: ClientSource,
  stripeCustomerId: string,
  stripePaymentMethodId: string,
  key: string,
): Promise<void> {
  await callStripe(async () => {
    for await (const subscription of client().subscriptions.list({ customer: stripeCustomerId, limit: 100 })) {
      // Stripe lists it beside the living ones, and refuses every change of it.
      if (subscription.status === "incomplete_expired") continue;
      await rebindPhases(client(), subscription, stripePaymentMethodId, key);
      const bound = optionalId(subscription.default_payment_method);
      if (bound === null || bound === stripePaymentMethodId) continue;
      await client().subscriptions.update(
        subscription.id,
        { default_payment_method: stripePaymentMethodId },
        { idempotencyKey: callKey(key, subscription.id) },
      );
    }
  });
}

/** What is scheduled names a method of its own, and would not begin with one that is gone. */
async function rebindPhases(
  stripe: Stripe,
  subscription: Stripe.Subscription,
  stripePaymentMethodId: string,
  key: string,
): Promise<void> {
  const scheduleId = optionalId(subscription.schedule);
  if (scheduleId === null) return;
  const schedule = await stripe.subscriptionSchedules.retrieve(scheduleId);
  const ahead = phasesAhead(schedule, subscription.discounts);
  const isBoundElsewhere = (method: string | undefined) => method !== undefined && method !== stripePaymentMethodId;
  if (!ahead.some((phase) => isBoundElsewhere(phase.default_payment_method))) return;
  const phases = ahead.map((phase) =>
    phase.default_payment_method === undefined ? phase : { ...phase, default_payment_method: stripePaymentMethodId },
  );
  await stripe.subscriptionSchedules.update(
    scheduleId,
    { phases, proration_behavior: "none" },
    { idempotencyKey: callKey(key, scheduleId) },
  );
}
