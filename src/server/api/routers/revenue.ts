/** The operator's numbers. */
import { getRevenue } from "@/billing/revenue";
import { inboxState } from "@/billing/webhooks";
import { operatorProcedure, router } from "../trpc";

export const revenueRouter = router({
  current: operatorProcedure.query(({ ctx }) => getRevenue(ctx.billing)),

  inbox: operatorProcedure.query(({ ctx }) => inboxState(ctx.billing.db)),
});
