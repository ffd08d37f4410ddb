/** What a tenant used. */
import { z } from "zod";
import { dailyUsage, getUsage, listUsageEvents, listUsagePeriods } from "@/billing/usage";
import { router, tenantInput, tenantProcedure } from "../trpc";

export const usageRouter = router({
  /** The running period, or the one that began at `periodStartAt`. */
  period: tenantProcedure
    .input(z.strictObject({ ...tenantInput, periodStartAt: z.date().optional() }))
    .query(({ ctx, input }) => getUsage(ctx.billing, ctx.tenant.id, input.periodStartAt)),

  periods: tenantProcedure
    .input(z.strictObject(tenantInput))
    .query(({ ctx }) => listUsagePeriods(ctx.billing, ctx.tenant.id)),

  daily: tenantProcedure
    .input(z.strictObject({ ...tenantInput, periodStartAt: z.date() }))
    .query(({ ctx, input }) =>
      dailyUsage(ctx.billing, { tenantId: ctx.tenant.id, periodStartAt: input.periodStartAt }),
    ),

  events: tenantProcedure
    .input(
      z.strictObject({
        ...tenantInput,
        meterKey: z.string().min(1),
        periodStartAt: z.date(),
        limit: z.int().min(1).max(100).default(50),
      }),
    )
    .query(({ ctx, input: { tenant: _, ...input } }) =>
      listUsageEvents(ctx.billing, { ...input, tenantId: ctx.tenant.id }),
    ),
});
