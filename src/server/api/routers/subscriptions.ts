/** Subscriptions of a tenant: what there is, what a change would cost, and the change itself. */
import { z } from "zod";
import {
  cancelSubscription,
  changePlan,
  createSubscription,
  getSubscription,
  listSubscriptionChanges,
  previewPlanChange,
  resumeConfirmation,
  resumeSubscription,
} from "@/billing/subscriptions";
import {
  billingIntervalSchema,
  cancelSubscriptionSchema,
  changePlanSchema,
  createSubscriptionSchema,
  resumeSubscriptionSchema,
} from "@/billing/subscriptions/model";
import { managerProcedure, router, tenantInput, tenantProcedure } from "../trpc";

const byPage = { tenantId: true, reason: true } as const;

export const subscriptionsRouter = router({
  current: tenantProcedure
    .input(z.strictObject(tenantInput))
    .query(({ ctx }) => getSubscription(ctx.billing, ctx.tenant.id)),

  previewPlanChange: tenantProcedure
    .input(z.strictObject({ ...tenantInput, planKey: z.string().min(1), interval: billingIntervalSchema }))
    .query(({ ctx, input }) =>
      previewPlanChange(ctx.billing, { tenantId: ctx.tenant.id, planKey: input.planKey, interval: input.interval }),
    ),

  /** The first payment that still waits for its confirmation in the browser, null when none does. */
  confirmation: managerProcedure
    .input(z.strictObject(tenantInput))
    .query(({ ctx }) => resumeConfirmation(ctx.billing, ctx.tenant.id)),

  history: tenantProcedure
    .input(z.strictObject({ ...tenantInput, limit: z.int().min(1).max(100).default(50) }))
    .query(({ ctx, input }) => listSubscriptionChanges(ctx.billing, ctx.tenant.id, input.limit)),

  create: managerProcedure
    .input(createSubscriptionSchema.omit({ ...byPage, canConfirm: true }).extend(tenantInput))
    .mutation(({ ctx, input: { tenant: _, ...input } }) =>
      createSubscription(ctx.billing, {
        ...input,
        tenantId: ctx.tenant.id,
        canConfirm: true,
        reason: "Chosen in the portal",
      }),
    ),

  changePlan: managerProcedure
    .input(changePlanSchema.omit(byPage).extend(tenantInput))
    .mutation(({ ctx, input: { tenant: _, ...input } }) =>
      changePlan(ctx.billing, { ...input, tenantId: ctx.tenant.id, reason: "Changed in the portal" }),
    ),

  cancel: managerProcedure
    .input(
      cancelSubscriptionSchema.omit({ tenantId: true }).extend({ ...tenantInput, reason: z.string().trim().max(500) }),
    )
    .mutation(({ ctx, input: { tenant: _, ...input } }) =>
      cancelSubscription(ctx.billing, {
        ...input,
        tenantId: ctx.tenant.id,
        reason: input.reason || "Canceled in the portal",
      }),
    ),

  resume: managerProcedure
    .input(resumeSubscriptionSchema.omit(byPage).extend(tenantInput))
    .mutation(({ ctx, input: { tenant: _, ...input } }) =>
      resumeSubscription(ctx.billing, { ...input, tenantId: ctx.tenant.id, reason: "Resumed in the portal" }),
    ),
});
