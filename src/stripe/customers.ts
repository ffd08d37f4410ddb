/** Customers at Stripe. Owns the call and its parameters; decides nothing. */
import type Stripe from "stripe";
import type { ClientSource } from "./client";
import { callStripe, findAtStripe } from "./errors";
import type { StripeGateway } from "./gateway";
import { customerRecord } from "./translate/customer";
import { wireAmount } from "./translate/values";

type CustomerCalls = Pick<StripeGateway, "createCustomer" | "fetchCustomer" | "adjustBalance">;

/** The gateway's calls about customers. */
export function customerCalls(client: ClientSource): CustomerCalls {
  return {
    async createCustomer(customer, key) {
      const created = await callStripe(() =>
        client().customers.create(
          {
            name: customer.name,
            email: customer.email,
            metadata: { tenant_id: customer.tenantId, tenant_slug: customer.slug },
            ...(customer.testClockId === null ? {} : { test_clock: customer.testClockId }),
          },
          { idempotencyKey: key },
        ),
      );
      return customerRecord(created);
    },

    async fetchCustomer(stripeCustomerId) {
      const found = await findAtStripe(() => client().customers.retrieve(stripeCustomerId));
      return found === null || isDeleted(found) ? null : customerRecord(found);
    },

    async adjustBalance(stripeCustomerId, { amountMinor, currency, description }, key) {
      const params = { amount: wireAmount(amountMinor), currency, description };
      await callStripe(() =>
        client().customers.createBalanceTransaction(stripeCustomerId, params, { idempotencyKey: key }),
      );
    },
  };
}

function isDeleted(customer: Stripe.Customer | Stripe.DeletedCustomer): customer is Stripe.DeletedCustomer {
  return customer.deleted === true;
}
