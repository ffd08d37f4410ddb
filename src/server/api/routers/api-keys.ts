/** API keys of a tenant. */
import { z } from "zod";
import { createApiKey, listApiKeys, revokeApiKey } from "@/billing/tenants";
import { managerProcedure, router, tenantInput } from "../trpc";

export const apiKeysRouter = router({
  list: managerProcedure.input(z.strictObject(tenantInput)).query(({ ctx }) => listApiKeys(ctx.billing, ctx.tenant.id)),

  /** The answer holds the key in clear, once. */
  create: managerProcedure
    .input(z.strictObject({ ...tenantInput, name: z.string().trim().min(1).max(80) }))
    .mutation(({ ctx, input }) => createApiKey(ctx.billing, { tenantId: ctx.tenant.id, name: input.name })),

  revoke: managerProcedure
    .input(z.strictObject({ ...tenantInput, keyId: z.string().min(1) }))
    .mutation(({ ctx, input }) => revokeApiKey(ctx.billing, { tenantId: ctx.tenant.id, keyId: input.keyId })),
});
