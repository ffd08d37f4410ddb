/** Subscriptions of a tenant: what there is, what a wish would do and cost, and carrying that out. */
import { z } from "zod";
import {
  cancelScheduledChange,
  cancelSubscription,
  commitQuote,
  commitSchema,
  endTrial,
  getSubscription,
  listSubscriptionChanges,
  quoteSubscription,
  resumeConfirmation,
  resumeSubscription,
  subscriptionWishSchema,
  unpauseSubscription,
} from "@/billing/subscriptions";
import { cancelSettlementSchema } from "@/billing/subscriptions/model";
import { managerProcedure, router, tenantInput, tenantProcedure } from "../trpc";

const byPage = { tenantId: true, reason: true, canConfirm: true } as const;
const { requestId } = commitSchema.shape;
const freeReason = z.string().trim().max(500).default("");
const plainInput = z.strictObject({ ...tenantInput, requestId });

export const subscriptionsRouter = router({
  current: tenantProcedure
    .input(z.strictObject(tenantInput))
    .query(({ ctx }) => getSubscription(ctx.billing, ctx.tenant.id)),

  /** What a wish would do and cost: a promise for a quarter of an hour. Stores the promise and nothing else. */
  quote: managerProcedure
    .input(z.strictObject({ ...tenantInput, wish: subscriptionWishSchema }))
    .query(({ ctx, input: { wish } }) => quoteSubscription(ctx.billing, { tenantId: ctx.tenant.id, wish })),

  /** Keeps a quote, to the cent. A payment that the bank asks about comes back as a confirmation for the browser. */
  commit: managerProcedure
    .input(commitSchema.omit(byPage).extend({ ...tenantInput, quoteId: z.string().min(1), reason: freeReason }))
    .mutation(({ ctx, input: { tenant: _, ...input } }) =>
      commitQuote(ctx.billing, {
        ...input,
        tenantId: ctx.tenant.id,
        canConfirm: true,
        reason: input.reason || "Confirmed in the portal",
      }),
    ),

  /** The payment that still waits for its confirmation in the browser, null when none does. */
  confirmation: managerProcedure
    .input(z.strictObject(tenantInput))
    .query(({ ctx }) => resumeConfirmation(ctx.billing, ctx.tenant.id)),

  history: tenantProcedure
    .input(z.strictObject({ ...tenantInput, limit: z.int().min(1).max(100).default(50) }))
    .query(({ ctx, input }) => listSubscriptionChanges(ctx.billing, ctx.tenant.id, input.limit)),

  cancel: managerProcedure
    .input(
      plainInput.extend({ immediate: z.boolean(), settlement: cancelSettlementSchema.optional(), reason: freeReason }),
    )
    .mutation(({ ctx, input: { tenant: _, ...input } }) =>
      cancelSubscription(ctx.billing, {
        ...input,
        tenantId: ctx.tenant.id,
        reason: input.reason || "Canceled in the portal",
      }),
    ),

  resume: managerProcedure
    .input(plainInput)
    .mutation(({ ctx, input }) =>
      resumeSubscription(ctx.billing, { ...call(ctx, input), reason: "Resumed in the portal" }),
    ),

  cancelScheduled: managerProcedure
    .input(plainInput)
    .mutation(({ ctx, input }) =>
      cancelScheduledChange(ctx.billing, { ...call(ctx, input), reason: "Kept the plan in the portal" }),
    ),

  endTrial: managerProcedure
    .input(plainInput)
    .mutation(({ ctx, input }) => endTrial(ctx.billing, { ...call(ctx, input), reason: "Started in the portal" })),

  unpause: managerProcedure
    .input(plainInput)
    .mutation(({ ctx, input }) =>
      unpauseSubscription(ctx.billing, { ...call(ctx, input), reason: "Resumed in the portal" }),
    ),
});

function call(ctx: { tenant: { id: string } }, input: { requestId: string }) {
  return { tenantId: ctx.tenant.id, requestId: input.requestId };
}
