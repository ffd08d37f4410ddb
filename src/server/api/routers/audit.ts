/** The audit log of a tenant, with the names of its own people and keys. Which operator acted is the operators' business. */
import { z } from "zod";
import { listNamedAudit } from "@/billing/tenants";
import { router, tenantInput, tenantProcedure } from "../trpc";

export const auditRouter = router({
  list: tenantProcedure
    .input(z.strictObject({ ...tenantInput, limit: z.int().min(1).max(200).default(100) }))
    .query(async ({ ctx, input }) => {
      const entries = await listNamedAudit(ctx.billing, { tenantId: ctx.tenant.id, limit: input.limit });
      return entries.map((entry) => (entry.actor.startsWith("operator:") ? { ...entry, actorLabel: null } : entry));
    }),
});
