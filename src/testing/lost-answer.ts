/**
 * A gateway that loses one answer: Stripe has done what it was asked, and we do not know. What a crash between a call and
 * its record leaves behind, without a process that has to die for it. Everything else is the real gateway.
 */
import { BillingError } from "@/billing/kernel/errors";
import type { StripeGateway } from "@/stripe/gateway";

/** The gateway, except that the first answer of one method is lost and the caller sees an outage. */
export function loseAnswerOnce(stripe: StripeGateway, method: keyof StripeGateway): StripeGateway {
  let isPending = true;
  return new Proxy(stripe, {
    get(target, name: keyof StripeGateway) {
      if (name !== method) return target[name];
      return async (...args: unknown[]) => {
        const answer: unknown = await Reflect.apply(target[name], target, args);
        if (!isPending) return answer;
        isPending = false;
        throw new BillingError("upstream", "stripe.unavailable", "The answer was lost.", { retryable: true });
      };
    },
  });
}
