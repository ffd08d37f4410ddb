/** Events about who is billed: the customer itself and its tax ids. */
import { syncPaymentMethods } from "../../payments";
import { syncBillingDetails } from "../../tenants";
import type { Handler } from "./handler";

/** Converges on name, address and tax ids; a register's answer about a tax id comes this way. */
export const onBillingDetails: Handler = async (ctx, { tenant, cause }) => {
  const changed = await syncBillingDetails(ctx, tenant, cause);
  const news = changed.length === 0 ? "nothing new" : `changed: ${changed.join(", ")}`;
  return { outcome: "projected", note: `The billing details are as Stripe has them: ${news}.` };
};

/** A customer's event tells of its details as well as of its default payment method. */
export const onCustomer: Handler = async (ctx, input) => {
  const changed = await syncBillingDetails(ctx, input.tenant, input.cause);
  await syncPaymentMethods(ctx, input.tenant.id);
  const news = changed.length === 0 ? "" : ` Changed details: ${changed.join(", ")}.`;
  return { outcome: "projected", note: `The customer is as Stripe has it.${news}` };
};
