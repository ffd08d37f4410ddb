/**
 * Every test card that fails, in every way a card is used: saving it, starting a plan, changing one, paying once, and fixing a
 * payment by a letter's link. Each refusal is of its class and says what to do, and no bank is asked twice.
 */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { payByLink } from "@/billing/dunning";
import {
  AuthenticationRequiredError,
  type BillingError,
  CardDeclinedError,
  InsufficientFundsError,
  PaymentError,
} from "@/billing/kernel/errors";
import { tellTenant } from "@/billing/notifications";
import { addPaymentMethod, processPayment } from "@/billing/payments";
import { changePlan, createSubscription } from "@/billing/subscriptions";
import { getTenant, type Tenant } from "@/billing/tenants";
import { createStripeGateway } from "@/stripe/live";
import { newestLink, tenantWithFailedRenewal } from "../dunning-world";
import { type HttpTap, openHttpTap } from "../http-tap";
import { shareWorld, type World } from "../world";

const world = shareWorld();
let tap: HttpTap;
/** The context whose calls to Stripe are counted. */
let ctx: World["ctx"];
let subscribed: Tenant;
let dunned: Tenant;
let link: string;
beforeAll(async () => {
  tap = await openHttpTap(world.sandbox.url);
  ctx = { ...world.ctx, stripe: createStripeGateway({ secretKey: "sk_test_sandbox", sandboxUrl: tap.url }) };
  subscribed = await world.tenant({ plan: "professional", ownClock: true });
  dunned = await tenantWithFailedRenewal(world, "dunned");
  link = await newestLink(world, dunned);
});
beforeEach(() => tap.reset());
afterEach(() => world.drain());
afterAll(() => tap?.close());

const request = (requestId: string) => ({ requestId, reason: "A test" });
const add = (tenant: Tenant, card: string, requestId = world.requestId()) =>
  addPaymentMethod(ctx, { tenantId: tenant.id, ...request(requestId), paymentMethodId: card, makeDefault: true });
const start = (tenant: Tenant, card: string, requestId = world.requestId(), canConfirm = false) =>
  createSubscription(ctx, {
    ...{ tenantId: tenant.id, planKey: "professional", interval: "month" as const },
    ...{ ...request(requestId), paymentMethodId: card, canConfirm },
  });
const once = (tenant: Tenant, requestId = world.requestId()) =>
  processPayment(ctx, {
    ...{ tenantId: tenant.id, amountMinor: 900n, currency: "usd", description: "A workshop", paymentMethodId: null },
    ...{ ...request(requestId), onSession: false },
  });
const change = (tenant: Tenant, requestId = world.requestId()) =>
  changePlan(ctx, { tenantId: tenant.id, ...request(requestId), planKey: "enterprise", interval: null });
const fix = (card: string, requestId: string) => payByLink(ctx, tellTenant, { link, paymentMethodId: card, requestId });

/** Writes by which a bank is asked. */
const asksBank = (path: string) =>
  /\/attach$|\/pay$|^\/v1\/payment_intents$|^\/v1\/subscriptions(\/sub_\w+)?$/.test(path);
const asked = () => tap.writes.filter(asksBank);

type Refusal = new (...args: never[]) => BillingError;

/** Refused once and in words; the repeated request hears it again, and no bank is asked again. */
async function expectRefused(act: () => Promise<unknown>, of: Refusal, advice: RegExp): Promise<void> {
  tap.reset();
  const error: unknown = await act().then(
    () => null,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(of);
  expect(error).toBeInstanceOf(PaymentError);
  expect(error).toMatchObject({ kind: "declined", retryable: false, message: expect.stringMatching(advice) });
  const paths = asked();
  expect(paths.length).toBeGreaterThan(0);
  expect(new Set(paths).size).toBe(paths.length);
  tap.reset();
  await expect(act()).rejects.toMatchObject({ message: (error as BillingError).message });
  expect(asked()).toEqual([]);
}

const BANK = /Use another card, or ask your bank/;
const FUNDS = /not enough money on the card. Use another card/;
const CONFIRM = /confirm this payment.*(follow the bank's steps|on_session)/;

/** Card, what its bank says, class, advice. */
const REFUSED: Array<[string, string, Refusal, RegExp]> = [
  ["pm_card_visa_chargeDeclined", "generic_decline", CardDeclinedError, BANK],
  ["pm_card_visa_chargeDeclinedInsufficientFunds", "insufficient_funds", InsufficientFundsError, FUNDS],
  ["pm_card_visa_chargeDeclinedLostCard", "lost_card", CardDeclinedError, BANK],
  ["pm_card_visa_chargeDeclinedStolenCard", "stolen_card", CardDeclinedError, BANK],
  ["pm_card_chargeDeclinedExpiredCard", "expired_card", CardDeclinedError, /has expired. Use another card/],
  ["pm_card_chargeDeclinedIncorrectCvc", "incorrect_cvc", CardDeclinedError, /security code is wrong. Check/],
  ["pm_card_chargeDeclinedProcessingError", "processing_error", CardDeclinedError, /Try again in a moment/],
  [
    "pm_card_visa_chargeDeclinedVelocityLimitExceeded",
    "card_velocity_exceeded",
    CardDeclinedError,
    /limit has been reached. Use another card/,
  ],
];

describe("a card that its bank refuses from the start", () => {
  it.each(REFUSED)("%s is not saved, starts nothing and fixes nothing", async (card, _code, of, advice) => {
    const tenant = await world.tenant({ ownClock: true });
    await expectRefused(() => add(tenant, card, "add"), of, advice);
    await expectRefused(() => start(tenant, card, "start"), of, advice);
    await expectRefused(() => fix(card, `fix-${card}`), of, advice);
    const { stripeCustomerId } = await getTenant(world.ctx, tenant.id);
    expect(await world.ctx.stripe.listPaymentMethods(stripeCustomerId ?? "")).toEqual([]);
    expect(await world.ctx.stripe.listLiveSubscriptions(stripeCustomerId ?? "")).toEqual([]);
  });

  it.each(REFUSED)(
    "%s: a saved card that comes to it (%s) pays nothing and changes nothing",
    async (card, code, of, advice) => {
      const { stripeCustomerId } = await getTenant(world.ctx, subscribed.id);
      await world.control.nextPayment(stripeCustomerId ?? "", code);
      await expectRefused(() => once(subscribed, `once-${card}`), of, advice);
      await world.control.nextPayment(stripeCustomerId ?? "", code);
      await expectRefused(() => change(subscribed, `change-${card}`), of, advice);
      const [live] = await world.ctx.stripe.listLiveSubscriptions(stripeCustomerId ?? "");
      expect(live).toMatchObject({ status: "active", unitAmountMinor: 29_900n, pendingUpdateExpiresAt: null });
    },
  );
});

/** Cards that can be saved, and are refused when they are charged. */
const CHARGED: Array<[string, Refusal, RegExp]> = [
  ["pm_card_chargeCustomerFail", CardDeclinedError, BANK],
  // Radar's reason is not the cardholder's to know.
  ["pm_card_radarBlock", CardDeclinedError, BANK],
  ["pm_card_authenticationRequired", AuthenticationRequiredError, CONFIRM],
  ["pm_card_authenticationRequiredOnSetup", AuthenticationRequiredError, CONFIRM],
  ["pm_card_authenticationRequiredChargeDeclinedInsufficientFunds", AuthenticationRequiredError, CONFIRM],
  ["pm_card_threeDSecure2Required", AuthenticationRequiredError, CONFIRM],
];

describe("a card that is refused when it is charged", () => {
  it.each(CHARGED)("%s", async (card, of, advice) => {
    const tenant = await world.tenant({ ownClock: true });
    await add(tenant, card, "add");
    await expectRefused(() => once(tenant, "once"), of, advice);
    const other = await world.tenant({ ownClock: true });
    await expectRefused(() => start(other, card, "start"), of, advice);
  });

  it("asks in the browser instead where somebody sits before it, and says no when the answer was no", async () => {
    const tenant = await world.tenant({ ownClock: true });
    const begun = await start(tenant, "pm_card_authenticationRequired", "start", true);
    expect(begun.confirmation?.clientSecret).toMatch(/^pi_/);
    await world.control.authenticate(begun.confirmation?.clientSecret ?? "", "fail");
    await world.drain();
    const { stripeCustomerId } = await getTenant(world.ctx, tenant.id);
    const [payment] = await world.ctx.stripe.listPayments(stripeCustomerId ?? "");
    expect(payment).toMatchObject({ status: "failed", failureCode: "payment_intent_authentication_failure" });
  });
});

describe("a card with oddities that do not stop it", () => {
  it.each([
    ...[
      "visa",
      "visa_debit",
      "mastercard",
      "mastercard_debit",
      "mastercard_prepaid",
      "amex",
      "discover",
      "diners",
      "jcb",
    ],
    ...["unionpay", "riskLevelHighest", "riskLevelElevated", "cvcCheckFail", "avsZipFail", "avsLine1Fail", "avsFail"],
    ...["avsUnchecked", "pendingRefund", "refundFail", "createDispute", "bypassPending", "threeDSecureOptional"],
    ...["threeDSecureOptionalProcessingError", "amex_threeDSecureNotSupported", "createIssuerFraudRecord"],
    "authenticationRequiredSetupForOffSession",
  ])("pm_card_%s is saved and pays", async (name) => {
    const tenant = await world.tenant({ ownClock: true });
    await add(tenant, `pm_card_${name}`);
    expect((await once(tenant)).payment).toMatchObject({ status: "succeeded", amountCapturedMinor: 900n });
  });
});

describe("a network that fails", () => {
  it("is tried again with growing pauses under the same key, and charges once", async () => {
    const tenant = await world.tenant({ ownClock: true });
    await add(tenant, "pm_card_visa");
    tap.reset();
    tap.drop(2);
    expect((await once(tenant)).payment).toMatchObject({ status: "succeeded" });
    expect(asked()).toEqual(Array(3).fill("/v1/payment_intents"));
    expect(new Set(tap.keys.map(({ key }) => key)).size).toBe(1);
    expect(tap.keys[0]?.key).toMatch(/^op_\w+:charge$/);
    const times = tap.keys.map(({ atMs }) => atMs);
    for (const [index, at] of times.slice(1).entries()) expect(at - (times[index] ?? at)).toBeGreaterThan(400);
    const { stripeCustomerId } = await getTenant(world.ctx, tenant.id);
    expect(await world.ctx.stripe.listPayments(stripeCustomerId ?? "")).toHaveLength(1);
  });

  it("that does not come back is an outage that may be tried again, and then charges once", async () => {
    const tenant = await world.tenant({ ownClock: true });
    await add(tenant, "pm_card_visa");
    tap.reset();
    tap.drop(4);
    await expect(once(tenant, "outage")).rejects.toMatchObject({ code: "stripe.unavailable", retryable: true });
    const [first] = tap.keys;
    tap.reset();
    expect((await once(tenant, "outage")).payment).toMatchObject({ status: "succeeded" });
    expect(tap.keys.map(({ key }) => key)).toEqual([first?.key]);
  });
});
