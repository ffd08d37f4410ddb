/** The operator's numbers. */
import { z } from "zod";
import { getRevenue, listTenants } from "@/billing/revenue";
import { inboxState } from "@/billing/webhooks";
import { operatorProcedure, router } from "../trpc";

export const revenueRouter = router({
  current: operatorProcedure.query(({ ctx }) => getRevenue(ctx.billing)),

  tenants: operatorProcedure
    .input(
      z.strictObject({ query: z.string().trim().max(120).optional(), limit: z.int().min(1).max(200).default(100) }),
    )
    .query(({ ctx, input }) => listTenants(ctx.billing, input)),

  inbox: operatorProcedure.query(({ ctx }) => inboxState(ctx.billing.db)),
});
