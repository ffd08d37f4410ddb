/**
 * Billing details at Stripe: name, address and reference of a customer, its tax ids, and automatic tax that was lost for want
 * of an address. Owns the calls and their parameters; what a good address or id is, is decided before.
 */
import type Stripe from "stripe";
import type { ClientSource } from "./client";
import { callStripe, findAtStripe, isMissing } from "./errors";
import type { StripeGateway } from "./gateway";
import { callKey } from "./idempotency";
import { billingDetailsRecord, PURCHASE_ORDER, taxIdRecord } from "./translate/billing-details";

type BillingDetailsCalls = Pick<
  StripeGateway,
  "fetchBillingDetails" | "updateBillingDetails" | "addTaxId" | "removeTaxId" | "restoreAutomaticTax"
>;

/** Why Stripe turned automatic tax off by itself. */
const LOST = "requires_location_inputs";

/** The gateway's calls about billing details. */
export function billingDetailsCalls(client: ClientSource): BillingDetailsCalls {
  return {
    async fetchBillingDetails(stripeCustomerId) {
      const found = await findAtStripe(() => client().customers.retrieve(stripeCustomerId));
      if (found === null || found.deleted === true) return null;
      const taxIds: Stripe.TaxId[] = [];
      await callStripe(async () => {
        for await (const taxId of client().customers.listTaxIds(stripeCustomerId, { limit: 100 })) taxIds.push(taxId);
      });
      return billingDetailsRecord(found, taxIds.reverse());
    },

    async updateBillingDetails(stripeCustomerId, details, key) {
      const { legalName, email, phone, address, purchaseOrder, mustBePlaced } = details;
      const fields = purchaseOrder === null ? "" : [{ name: PURCHASE_ORDER, value: purchaseOrder }];
      const params: Stripe.CustomerUpdateParams = {
        name: legalName,
        email,
        phone: phone ?? "",
        address: address === null ? "" : addressParam(address),
        invoice_settings: { custom_fields: fields as Stripe.Emptyable<Array<{ name: string; value: string }>> },
        ...(mustBePlaced && address !== null && { tax: { validate_location: "immediately" } }),
      };
      await callStripe(() => client().customers.update(stripeCustomerId, params, { idempotencyKey: key }));
    },

    async addTaxId(stripeCustomerId, { type, value }, key) {
      const params = { type: type as Stripe.CustomerCreateTaxIdParams.Type, value };
      return taxIdRecord(
        await callStripe(() => client().customers.createTaxId(stripeCustomerId, params, { idempotencyKey: key })),
      );
    },

    removeTaxId: (stripeCustomerId, stripeTaxId) =>
      callStripe(async () => {
        try {
          await client().customers.deleteTaxId(stripeCustomerId, stripeTaxId);
        } catch (error) {
          // Stripe ignores idempotency keys on DELETE: a retry finds its own success.
          if (!isMissing(error)) throw error;
        }
      }),

    restoreAutomaticTax: (stripeCustomerId, key) =>
      callStripe(async () => {
        let restored = 0;
        for await (const subscription of client().subscriptions.list({ customer: stripeCustomerId, limit: 100 })) {
          const { enabled, disabled_reason: reason } = subscription.automatic_tax;
          if (enabled || reason !== LOST) continue;
          const params = { automatic_tax: { enabled: true }, proration_behavior: "none" as const };
          await client().subscriptions.update(subscription.id, params, {
            idempotencyKey: callKey(key, subscription.id),
          });
          restored += 1;
        }
        return restored;
      }),
  };
}

/** Every part is sent: Stripe keeps what a request leaves out. */
function addressParam(address: NonNullable<Parameters<StripeGateway["updateBillingDetails"]>[1]["address"]>) {
  return {
    line1: address.line1 ?? "",
    line2: address.line2 ?? "",
    city: address.city ?? "",
    state: address.state ?? "",
    postal_code: address.postalCode ?? "",
    country: address.country ?? "",
  };
}
