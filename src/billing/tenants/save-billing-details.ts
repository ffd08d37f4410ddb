/**
 * Saving who is billed: the customer at Stripe becomes what the form says, and our mirror follows.
 *
 * The form states the whole of the details, so carrying it out twice, or again after a crash in the middle, ends the same:
 * only what differs from Stripe is sent. New tax ids are added before old ones go, so that a refused one costs nothing.
 */
import { createHash } from "node:crypto";
import { inTransaction } from "@/db/transaction";
import type { BillingDetailsRecord } from "@/stripe/gateway";
import type { BillingContext } from "../context";
import { BillingError, invariant } from "../kernel/errors";
import { checkTaxId } from "./check-tax-id";
import { ensureStripeCustomer } from "./ensure-stripe-customer";
import { getBillingDetails } from "./get-billing-details";
import {
  type BillingDetails,
  type BillingField,
  type SaveBillingDetailsInput,
  saveBillingDetailsSchema,
} from "./model-billing-details";
import { resolveTenant } from "./resolve-tenant";
import { changedFields, detailsProblems, type WantedDetails, wantedDetails } from "./rules-billing-details";
import { normalTaxId } from "./rules-tax-ids";
import { findDetails, putTenantContact } from "./store-billing-details";
import { convergeDetails } from "./sync-billing-details";

/**
 * Saves them. Throws `billing_details.invalid` with what is wrong by field in `details`, `tax.location_required` (on the
 * postal code) when taxes go by address and Stripe cannot place it, `tax.id_invalid` when Stripe does not take a tax id.
 */
export async function saveBillingDetails(
  ctx: BillingContext,
  input: SaveBillingDetailsInput,
): Promise<BillingDetails & { changed: BillingField[] }> {
  const { tenantId, requestId, reason, ...typed } = parse(input);
  const tenant = await resolveTenant(ctx, tenantId);
  const byPlace = ctx.settings.taxMode === "stripe_tax";
  const stated = { ...typed, timeZone: typed.timeZone || tenant.timeZone };
  // What is at Stripe already was taken there, also kinds of tax id that we do not know.
  const known = new Set((await findDetails(ctx.db.prisma, tenant.id))?.taxIds.map(nameOf));
  const checkNew = (type: string, value: string) =>
    known.has(nameOf({ type, value })) ? null : checkTaxId(type, value);
  refuse(detailsProblems(stated, { needsAddress: byPlace, checkTaxId: checkNew }));
  const wanted = wantedDetails(stated);
  const stripeCustomerId = await ensureStripeCustomer(ctx, tenant);
  const content = createHash("sha256").update(JSON.stringify(wanted)).digest("hex").slice(0, 16);
  const key = `details:${tenant.id}:${requestId}:${content}`;
  const sourceAt = ctx.clock.now(tenant.stripeTestClockId);
  const record = await bringToStripe(ctx, stripeCustomerId, { wanted, key, byPlace });
  if (byPlace && wanted.address !== null) await ctx.stripe.restoreAutomaticTax(stripeCustomerId, `${key}:tax`);
  const moved: BillingField[] = stated.timeZone === tenant.timeZone ? [] : ["timeZone"];
  const changed = await inTransaction(ctx.db, async (tx) => {
    if (moved.length > 0) await putTenantContact(tx, tenant.id, { timeZone: stated.timeZone });
    const cause = { actor: ctx.actor, reason, sourceAt };
    return convergeDetails(tx, ctx, { tenantId: tenant.id, record, cause, alsoChanged: moved });
  });
  return { ...(await getBillingDetails(ctx, tenant.id)), changed };
}

function parse(input: SaveBillingDetailsInput) {
  const parsed = saveBillingDetailsSchema.safeParse(input);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map((issue) => [issue.path.join("."), issue.message] as const);
  throw invalid(Object.fromEntries(problems));
}

function refuse(problems: Record<string, string>): void {
  if (Object.keys(problems).length > 0) throw invalid(problems);
}

function invalid(problems: Record<string, string>): BillingError {
  const count = Object.keys(problems).length;
  const message = count === 1 ? "One field has to be put right." : `${count} fields have to be put right.`;
  return new BillingError("invalid", "billing_details.invalid", message, { details: problems });
}

function nameOf({ type, value }: { type: string; value: string }): string {
  return `${type} ${normalTaxId(value)}`;
}

async function bringToStripe(
  ctx: BillingContext,
  stripeCustomerId: string,
  { wanted, key, byPlace }: { wanted: WantedDetails; key: string; byPlace: boolean },
): Promise<BillingDetailsRecord> {
  const before = await fetchDetails(ctx, stripeCustomerId);
  const differs = changedFields({ ...before, billingEmail: before.email }, wanted);
  if (differs.some((field) => field !== "taxIds")) {
    const { legalName, billingEmail: email, phone, address, purchaseOrder } = wanted;
    const details = { legalName, email, phone, address, purchaseOrder, mustBePlaced: byPlace };
    await ctx.stripe.updateBillingDetails(stripeCustomerId, details, `${key}:customer`);
  }
  const have = new Set(before.taxIds.map(nameOf));
  const want = new Set(wanted.taxIds.map(nameOf));
  for (const [index, taxId] of wanted.taxIds.entries()) {
    if (!have.has(nameOf(taxId))) await addTaxId(ctx, stripeCustomerId, { taxId, index, key });
  }
  for (const taxId of before.taxIds) {
    if (!want.has(nameOf(taxId))) await ctx.stripe.removeTaxId(stripeCustomerId, taxId.stripeTaxId);
  }
  return differs.length === 0 ? before : fetchDetails(ctx, stripeCustomerId);
}

/** A refusal of Stripe's is told at the field it is about. */
async function addTaxId(
  ctx: BillingContext,
  stripeCustomerId: string,
  { taxId, index, key }: { taxId: { type: string; value: string }; index: number; key: string },
): Promise<void> {
  try {
    await ctx.stripe.addTaxId(stripeCustomerId, taxId, `${key}:tax-id:${index}`);
  } catch (error) {
    if (!(error instanceof BillingError) || error.code !== "tax.id_invalid") throw error;
    throw new BillingError("invalid", "billing_details.invalid", error.message, {
      details: { [`taxIds.${index}`]: error.message },
      cause: error,
    });
  }
}

async function fetchDetails(ctx: BillingContext, stripeCustomerId: string): Promise<BillingDetailsRecord> {
  const record = await ctx.stripe.fetchBillingDetails(stripeCustomerId);
  invariant(record, `customer ${stripeCustomerId} is not deleted`);
  return record;
}
