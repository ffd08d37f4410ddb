/** Payment methods and payments of a tenant. Card numbers never come here: the browser gives them to Stripe. */
import { z } from "zod";
import {
  addPaymentMethod,
  listPaymentMethods,
  listPayments,
  removePaymentMethod,
  setDefaultPaymentMethod,
  startCardSetup,
} from "@/billing/payments";
import { paymentMethodInputSchema } from "@/billing/payments/model";
import { managerProcedure, router, tenantInput, tenantProcedure } from "../trpc";

const oneMethod = paymentMethodInputSchema.omit({ tenantId: true, reason: true }).extend(tenantInput);

export const paymentsRouter = router({
  methods: tenantProcedure
    .input(z.strictObject(tenantInput))
    .query(({ ctx }) => listPaymentMethods(ctx.billing, ctx.tenant.id)),

  list: tenantProcedure
    .input(z.strictObject({ ...tenantInput, limit: z.int().min(1).max(100).default(50) }))
    .query(({ ctx, input }) => listPayments(ctx.billing, { tenantId: ctx.tenant.id, limit: input.limit })),

  /** Begins the saving of a card; the browser finishes it with the returned secret. */
  startSetup: managerProcedure
    .input(z.strictObject(tenantInput))
    .mutation(({ ctx }) => startCardSetup(ctx.billing, ctx.tenant.id)),

  add: managerProcedure
    .input(oneMethod.extend({ makeDefault: z.boolean() }))
    .mutation(({ ctx, input: { tenant: _, ...input } }) =>
      addPaymentMethod(ctx.billing, { ...input, tenantId: ctx.tenant.id, reason: "Added in the portal" }),
    ),

  setDefault: managerProcedure
    .input(oneMethod)
    .mutation(({ ctx, input: { tenant: _, ...input } }) =>
      setDefaultPaymentMethod(ctx.billing, { ...input, tenantId: ctx.tenant.id, reason: "Made default in the portal" }),
    ),

  remove: managerProcedure
    .input(oneMethod)
    .mutation(({ ctx, input: { tenant: _, ...input } }) =>
      removePaymentMethod(ctx.billing, { ...input, tenantId: ctx.tenant.id, reason: "Removed in the portal" }),
    ),
});
