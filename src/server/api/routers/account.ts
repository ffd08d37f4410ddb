/** The signed-in person: who it is, which organisations are theirs, and how a new one begins. */
import { z } from "zod";
import { createTenant, listMemberships } from "@/billing/tenants";
import { createTenantSchema } from "@/billing/tenants/model";
import { publicProcedure, router, tenantInput, tenantProcedure, userProcedure } from "../trpc";

const openOrganisationInput = createTenantSchema.pick({ name: true, timeZone: true });

export const accountRouter = router({
  /** Null when nobody is signed in. */
  current: publicProcedure.query(async ({ ctx }) => {
    if (!ctx.user) return null;
    return { user: ctx.user, memberships: await listMemberships(ctx.runtime.db, ctx.user.id) };
  }),

  /** The tenant of a page, and what the person is to it. */
  tenant: tenantProcedure
    .input(z.strictObject(tenantInput))
    .query(({ ctx }) => ({ tenant: ctx.tenant, role: ctx.role, mode: ctx.runtime.mode })),

  /** Founds an organisation on the free plan with the person as its owner. */
  openOrganisation: userProcedure
    .input(openOrganisationInput)
    .mutation(({ ctx, input }) =>
      createTenant(ctx.billing, { ...input, billingEmail: ctx.user.email, ownerUserId: ctx.user.id }),
    ),
});
