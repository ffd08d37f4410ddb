/** Events about payment methods and about which of them is the default. */
import { syncPaymentMethods } from "../../payments";
import type { Handler } from "./handler";

/** Converges on all payment methods of the customer: one list tells of attached, changed, removed and default ones. */
export const onPaymentMethods: Handler = async (ctx, { tenant }) => {
  await syncPaymentMethods(ctx, tenant.id);
  return { outcome: "projected", note: "The payment methods are as Stripe has them." };
};
