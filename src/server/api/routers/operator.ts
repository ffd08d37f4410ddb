/** The operator's console: every tenant, the same wishes as in the portal with a reason, and what is sold and promised. */
import { z } from "zod";
import { INSTALLATION } from "@/billing/audit";
import { makeContractSchema } from "@/billing/catalog";
import { listPlanVersions, listTenants, listTenantsSchema } from "@/billing/revenue";
import {
  commitQuote,
  commitSchema,
  createPromotion,
  createPromotionSchema,
  discountWishSchema,
  listPromotions,
  makeContract,
  quoteSubscription,
  readPendingCatalog,
  setPromotionActive,
  setPromotionActiveSchema,
  subscriptionWishSchema,
} from "@/billing/subscriptions";
import { getTenantProfile, listNamedAudit } from "@/billing/tenants";
import { operatorProcedure, router, tenantInput } from "../trpc";

const { requestId } = commitSchema.shape;
const reason = z.string().trim().min(1).max(500);
const limit = z.int().min(1).max(200).default(50);

export const operatorRouter = router({
  tenants: operatorProcedure.input(listTenantsSchema).query(({ ctx, input }) => listTenants(ctx.billing, input)),

  tenant: operatorProcedure
    .input(z.strictObject(tenantInput))
    .query(({ ctx, input }) => getTenantProfile(ctx.billing, input.tenant)),

  /** The log of a tenant, by its id, with the names of who did what. */
  audit: operatorProcedure
    .input(z.strictObject({ tenantId: z.string().min(1).max(80), limit }))
    .query(({ ctx, input }) => listNamedAudit(ctx.billing, input)),

  /** The log of what belongs to no tenant: the catalog, promotion codes, operators' keys. */
  installationAudit: operatorProcedure
    .input(z.strictObject({ limit }))
    .query(({ ctx, input }) => listNamedAudit(ctx.billing, { tenantId: INSTALLATION, limit: input.limit })),

  /** What a wish would do and cost. `planVersionId` names an exact version: a contract, or one that is sold no longer. */
  quote: operatorProcedure
    .input(
      z.strictObject({
        ...tenantInput,
        wish: z.union([subscriptionWishSchema, discountWishSchema]),
        planVersionId: z.string().max(120).optional(),
      }),
    )
    .query(({ ctx, input: { tenant, wish, planVersionId } }) =>
      quoteSubscription(ctx.billing, { tenantId: tenant, wish: { ...wish, ...(planVersionId && { planVersionId }) } }),
    ),

  /** Keeps a quote, to the cent. Nobody is there to answer a bank that asks, so that is a refusal. */
  commit: operatorProcedure
    .input(z.strictObject({ ...tenantInput, quoteId: z.string().min(1).max(80), requestId, reason }))
    .mutation(({ ctx, input: { tenant, ...input } }) =>
      commitQuote(ctx.billing, { ...input, tenantId: tenant, paymentMethodId: null, canConfirm: false }),
    ),

  /** Makes terms for one tenant; it comes onto them by a wish that names the version. */
  makeContract: operatorProcedure
    .input(makeContractSchema.omit({ tenantId: true }).extend(tenantInput))
    .mutation(({ ctx, input: { tenant, ...input } }) => makeContract(ctx.billing, { ...input, tenantId: tenant })),

  /** What the catalog file would change, were it applied now. It only reads. */
  pendingCatalog: operatorProcedure.query(({ ctx }) => readPendingCatalog(ctx.billing, ctx.runtime.catalogFile)),

  planVersions: operatorProcedure.query(({ ctx }) => listPlanVersions(ctx.billing)),

  promotions: operatorProcedure
    .input(
      z.strictObject({
        limit: z.int().min(1).max(100).default(25),
        after: z.string().max(80).nullable().default(null),
        active: z.boolean().nullable().default(null),
      }),
    )
    .query(({ ctx, input }) => listPromotions(ctx.billing, input)),

  createPromotion: operatorProcedure
    .input(createPromotionSchema)
    .mutation(({ ctx, input }) => createPromotion(ctx.billing, input)),

  setPromotionActive: operatorProcedure
    .input(setPromotionActiveSchema)
    .mutation(({ ctx, input }) => setPromotionActive(ctx.billing, input)),
});
