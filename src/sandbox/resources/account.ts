/** /v1/balance and /v1/account: the one account the sandbox has, and the money on it. */
import type Stripe from "stripe";
import { defineRoute } from "../http/route";
import type { Transaction } from "../store/transaction";

/** What is on the account: what may be paid out, and what becomes available with time. */
function balanceOf(tx: Transaction): Stripe.Balance {
  const now = tx.now(null);
  const sums = new Map<string, { available: number; pending: number }>([["usd", { available: 0, pending: 0 }]]);
  for (const { available_on: at, currency, net } of tx.list("balance_transaction")) {
    const sum = sums.get(currency) ?? { available: 0, pending: 0 };
    if (at <= now) sum.available += net;
    else sum.pending += net;
    sums.set(currency, sum);
  }
  const part = (which: "available" | "pending") =>
    [...sums].map(([currency, sum]) => ({ amount: sum[which], currency, source_types: { card: sum[which] } }));
  return { object: "balance", available: part("available"), livemode: false, pending: part("pending") };
}

/** Created once, when the sandbox is: nothing of it can be changed. */
const account: Stripe.Account = {
  id: "acct_1SandboxSandbox00",
  object: "account",
  business_type: "company",
  capabilities: { card_payments: "active", transfers: "active" },
  charges_enabled: true,
  country: "US",
  created: 1_262_304_000,
  default_currency: "usd",
  details_submitted: true,
  email: null,
  metadata: {},
  payouts_enabled: false,
  type: "standard",
};

/** The routes of the account itself. */
export const accountRoutes = [
  defineRoute({ method: "GET", pattern: "/v1/account", accepts: {}, handle: () => account }),
  defineRoute({ method: "GET", pattern: "/v1/balance", accepts: {}, handle: (tx) => balanceOf(tx) }),
];
