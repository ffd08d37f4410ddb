/**
 * What the holder of a signed link may do: look at one unpaid invoice, and pay it with a card of theirs.
 *
 * Owns the way from link to payment: the card is saved by a set-up, becomes the default, and pays (collect-by-link). A bank
 * that asks once more is answered in the browser. Refuses everything else: the link opens no account, names no card, lists
 * nothing, and a link that is used up, expired or forged says so and tells nothing of anybody.
 */
import { inTransaction } from "@/db/transaction";
import type { InvoiceRecord } from "@/stripe/gateway";
import type { BillingContext } from "../context";
import { BillingError } from "../kernel/errors";
import { addPaymentMethod, startCardSetup } from "../payments";
import { loadHoldings } from "../subscriptions";
import { findTenant, type Tenant } from "../tenants";
import { collectByLink, convergeCase, isPayable } from "./collect-by-link";
import { failureOf } from "./failure";
import { readLink } from "./link";
import type { DunningCase, FixPaymentView, PaidByLink, PayByLinkInput } from "./model";
import type { TellTenant } from "./notice";
import { isMoving } from "./rules/timeline";
import { appendEvent, countEvents, findCaseByInvoice, lockCase } from "./store";

/** How often an hour a link may ask for card fields: enough for every card in a wallet, useless for trying out stolen ones. */
const SETUPS_PER_HOUR = 10;
const HOUR_MS = 3_600_000;
const REASON = "Saved by the link of a letter";

interface Opened {
  tenant: Tenant;
  found: DunningCase;
  now: Date;
}

/** What a link leads to, from our rows and the present state of its payment. Never throws for a bad link. */
export async function openLink(ctx: BillingContext, link: string): Promise<FixPaymentView> {
  const opened = await open(ctx, link);
  return "state" in opened ? opened : view(ctx, opened, await ctx.stripe.fetchInvoice(opened.found.stripeInvoiceId));
}

/** What the browser needs to take a card. Throws `dunning.link_invalid` and, asked too often, `dunning.link_busy`. */
export async function startSetupByLink(ctx: BillingContext, link: string): Promise<{ clientSecret: string }> {
  const { tenant, found, now } = await openOrThrow(ctx, link);
  await inTransaction(ctx.db, async (tx) => {
    await lockCase(tx, found.stripeInvoiceId);
    const of = { tenantId: tenant.id, caseId: found.id, kind: "link_used" as const };
    const used = await countEvents(tx, { ...of, since: new Date(now.getTime() - HOUR_MS) });
    if (used >= SETUPS_PER_HOUR) throw linkBusy();
    await appendEvent(tx, { ...of, occurredAt: now, actor: ctx.actor, reason: "The link was opened to pay" });
  });
  return startCardSetup(ctx, tenant.id);
}

/**
 * Saves the card, makes it the default and pays. A card that says no throws `declined` and stays the default, as it would in
 * the portal; a bank that asks comes back as a confirmation for the browser, after which `settleByLink` is called.
 */
export async function payByLink(ctx: BillingContext, tell: TellTenant, input: PayByLinkInput): Promise<PaidByLink> {
  const opened = await openOrThrow(ctx, input.link);
  const { tenant, found } = opened;
  const before = await ctx.stripe.fetchInvoice(found.stripeInvoiceId);
  if (!isPayable(before)) return { view: await settle(ctx, tell, opened), confirmation: null };
  const { paymentMethodId } = input;
  const requestId = `link:${input.requestId}`;
  const method = { tenantId: tenant.id, paymentMethodId, makeDefault: true, reason: REASON };
  const methods = await addPaymentMethod(ctx, { ...method, requestId: `${requestId}:card` });
  const chosen = methods.find(({ isDefault }) => isDefault)?.stripePaymentMethodId ?? paymentMethodId;
  const charge = { caseId: found.id, stripeInvoiceId: found.stripeInvoiceId, stripePaymentMethodId: chosen };
  const wantsBrowser = await collectByLink(ctx, tenant, `${requestId}:pay`, charge);
  const confirmation = wantsBrowser ? await ctx.stripe.fetchInvoiceConfirmation(found.stripeInvoiceId) : null;
  const view = await settle(ctx, tell, opened);
  if (wantsBrowser && confirmation === null && view.state === "open") throw cannotAsk();
  return { view, confirmation };
}

/** Brings our rows to what came of the payment, after the browser has answered the bank. */
export async function settleByLink(ctx: BillingContext, tell: TellTenant, link: string): Promise<FixPaymentView> {
  const opened = await open(ctx, link);
  return "state" in opened ? opened : settle(ctx, tell, opened);
}

async function open(ctx: BillingContext, text: string): Promise<Opened | { state: "invalid" | "expired" }> {
  const link = readLink(ctx, text);
  if (link === null) return { state: "invalid" };
  const tenant = await findTenant(ctx.db.prisma, link.tenantId);
  const found = await findCaseByInvoice(ctx.db.prisma, link.tenantId, link.stripeInvoiceId);
  if (tenant === null || found === null) return { state: "invalid" };
  const now = ctx.clock.now(tenant.stripeTestClockId);
  return now >= link.expiresAt ? { state: "expired" } : { tenant, found, now };
}

async function openOrThrow(ctx: BillingContext, text: string): Promise<Opened> {
  const opened = await open(ctx, text);
  if (!("state" in opened)) return opened;
  const message =
    opened.state === "expired"
      ? "This link has expired. Open the newest letter about the invoice, or sign in to pay."
      : "This link is not valid. Open it again from the letter, or sign in to pay.";
  throw new BillingError("precondition", "dunning.link_invalid", message, { details: { state: opened.state } });
}

/** The bank insists on a question that there is no way to put to anybody. */
function cannotAsk(): BillingError {
  const message =
    "The bank wants this card confirmed, which this invoice no longer allows. Use another card, or write to us to pay it.";
  return new BillingError("declined", "payment.authentication_required", message);
}

function linkBusy(): BillingError {
  const message = "This link was used many times within the hour. Wait a while, or sign in to pay.";
  return new BillingError("limit", "dunning.link_busy", message);
}

async function settle(ctx: BillingContext, tell: TellTenant, opened: Opened): Promise<FixPaymentView> {
  return view(ctx, opened, await convergeCase(ctx, tell, opened.tenant, opened.found.stripeInvoiceId));
}

async function view(
  ctx: BillingContext,
  { tenant, found }: Opened,
  record: InvoiceRecord | null,
): Promise<FixPaymentView> {
  const { invoiceNumber, currency, amountDueMinor, planKey, planName, graceEndsAt } = found;
  const { name: tenantName, slug: tenantSlug, timeZone } = tenant;
  const facts = { tenantName, tenantSlug, timeZone, invoiceNumber, amountDueMinor, currency };
  if (record === null || record.status === "void" || record.status === "draft") return { ...facts, state: "void" };
  if (record.status === "paid") {
    const planEnded = found.endsPlan && (await loadHoldings(ctx, tenant.id)).live === null;
    const restart = planEnded && planKey !== null && planName !== null ? { planKey, planName } : null;
    return { ...facts, state: "paid", planEnded, restart };
  }
  if ((await failureOf(ctx, record)).isUnderWay) return { ...facts, state: "processing" };
  const planStays = found.endsPlan && isMoving(found.stage);
  return { ...facts, state: "open", planStays, graceEndsAt, planName };
}
