/** Who is billed: legal name, address, tax ids. */
import { z } from "zod";
import { getBillingDetails, saveBillingDetails } from "@/billing/tenants";
import { saveBillingDetailsSchema } from "@/billing/tenants/model-billing-details";
import { managerProcedure, router, tenantInput, tenantProcedure } from "../trpc";

export const billingDetailsRouter = router({
  get: tenantProcedure
    .input(z.strictObject(tenantInput))
    .query(({ ctx }) => getBillingDetails(ctx.billing, ctx.tenant.id)),

  /** Saves the whole of them; what is wrong comes back field by field in the refusal's details. */
  save: managerProcedure
    .input(saveBillingDetailsSchema.omit({ tenantId: true, reason: true }).extend(tenantInput))
    .mutation(({ ctx, input: { tenant: _, ...input } }) =>
      saveBillingDetails(ctx.billing, { ...input, tenantId: ctx.tenant.id, reason: "Saved in the portal" }),
    ),
});
