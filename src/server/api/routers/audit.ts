/** The audit log of a tenant. */
import { z } from "zod";
import { listAudit } from "@/billing/audit";
import { router, tenantInput, tenantProcedure } from "../trpc";

export const auditRouter = router({
  list: tenantProcedure
    .input(z.strictObject({ ...tenantInput, limit: z.int().min(1).max(200).default(100) }))
    .query(({ ctx, input }) => listAudit(ctx.billing, { tenantId: ctx.tenant.id, limit: input.limit })),
});
