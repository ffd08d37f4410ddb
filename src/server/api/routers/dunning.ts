/** Unpaid invoices: the operator's cases, and what a tenant is told of its own. */
import { z } from "zod";
import {
  dunningCaseInputSchema,
  getCase,
  getFixPaymentUrl,
  getStanding,
  listCases,
  listCasesSchema,
  retryCase,
  stopCase,
} from "@/billing/dunning";
import { tellTenant } from "@/billing/notifications";
import { managerProcedure, operatorProcedure, router, tenantInput, tenantProcedure } from "../trpc";

const oneCase = dunningCaseInputSchema.pick({ tenantId: true, caseId: true });

export const dunningRouter = router({
  /** What the tenant owes and until when its plan stays; null when nothing is owed. */
  current: tenantProcedure
    .input(z.strictObject(tenantInput))
    .query(({ ctx }) => getStanding(ctx.billing, ctx.tenant.id)),

  /** Where that is paid: a fresh signed link, hence for those who may manage. */
  link: managerProcedure
    .input(z.strictObject(tenantInput))
    .query(({ ctx }) => getFixPaymentUrl(ctx.billing, ctx.tenant.id)),

  cases: operatorProcedure.input(listCasesSchema).query(async ({ ctx, input }) => ({
    cases: await listCases(ctx.billing, input),
    computedAt: ctx.billing.clock.now(),
  })),

  case: operatorProcedure.input(oneCase).query(({ ctx, input }) => getCase(ctx.billing, input)),

  retry: operatorProcedure
    .input(dunningCaseInputSchema)
    .mutation(({ ctx, input }) => retryCase(ctx.billing, tellTenant, input)),

  stop: operatorProcedure.input(dunningCaseInputSchema).mutation(({ ctx, input }) => stopCase(ctx.billing, input)),
});
