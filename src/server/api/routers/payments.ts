/** Payment methods and payments of a tenant. Card numbers never come here: the browser gives them to Stripe. */
import { z } from "zod";
import {
  abandonBankAccount,
  addPaymentMethod,
  getPaymentAttention,
  listBankVerifications,
  listPaymentMethods,
  listPayments,
  listTransactions,
  previewRefund,
  processPayment,
  refreshBankVerifications,
  refundPayment,
  removePaymentMethod,
  setDefaultPaymentMethod,
  startCardSetup,
  verifyBankAccount,
} from "@/billing/payments";
import {
  abandonBankAccountSchema,
  listTransactionsSchema,
  paymentMethodInputSchema,
  previewRefundSchema,
  processPaymentSchema,
  refundPaymentSchema,
  verifyBankAccountSchema,
} from "@/billing/payments/model";
import { managerProcedure, operatorProcedure, router, tenantInput, tenantProcedure } from "../trpc";

const oneMethod = paymentMethodInputSchema.omit({ tenantId: true, reason: true }).extend(tenantInput);
const byPortal = { tenantId: true, reason: true } as const;

export const paymentsRouter = router({
  methods: tenantProcedure
    .input(z.strictObject(tenantInput))
    .query(({ ctx }) => listPaymentMethods(ctx.billing, ctx.tenant.id)),

  /** Bank accounts that wait to be verified, or could not be. */
  bankAccounts: tenantProcedure
    .input(z.strictObject(tenantInput))
    .query(({ ctx }) => listBankVerifications(ctx.billing, ctx.tenant.id)),

  /** What the portal points out: a card that ends soon, bank accounts that wait. */
  attention: tenantProcedure
    .input(z.strictObject(tenantInput))
    .query(({ ctx }) => getPaymentAttention(ctx.billing, ctx.tenant.id)),

  list: tenantProcedure
    .input(z.strictObject({ ...tenantInput, limit: z.int().min(1).max(100).default(50) }))
    .query(({ ctx, input }) => listPayments(ctx.billing, { tenantId: ctx.tenant.id, limit: input.limit })),

  /** Payments and refunds as one ledger, by whole days of the tenant's zone, newest first. */
  transactions: tenantProcedure
    .input(
      listTransactionsSchema
        .omit({ tenantId: true })
        .extend({ ...tenantInput, limit: z.int().min(1).max(200).default(50) }),
    )
    .query(({ ctx, input: { tenant: _, ...input } }) =>
      listTransactions(ctx.billing, { ...input, tenantId: ctx.tenant.id }),
    ),

  /** Begins the saving of a card or bank account; the browser finishes it with the returned secret. */
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

  /** Reads what became of a bank account that was just entered: it waits for its deposits. */
  refreshBankAccounts: managerProcedure
    .input(z.strictObject(tenantInput))
    .mutation(({ ctx }) => refreshBankVerifications(ctx.billing, ctx.tenant.id)),

  verifyBankAccount: managerProcedure
    .input(verifyBankAccountSchema.omit(byPortal).extend(tenantInput))
    .mutation(({ ctx, input: { tenant: _, ...input } }) =>
      verifyBankAccount(ctx.billing, { ...input, tenantId: ctx.tenant.id, reason: "Verified in the portal" }),
    ),

  abandonBankAccount: managerProcedure
    .input(abandonBankAccountSchema.omit(byPortal).extend(tenantInput))
    .mutation(({ ctx, input: { tenant: _, ...input } }) =>
      abandonBankAccount(ctx.billing, { ...input, tenantId: ctx.tenant.id, reason: "Given up in the portal" }),
    ),

  /** What giving money back would do: the amount, and what a credit note would take back of the invoice. */
  previewRefund: operatorProcedure
    .input(previewRefundSchema.omit({ tenantId: true }).extend(tenantInput))
    .query(({ ctx, input: { tenant, ...input } }) => previewRefund(ctx.billing, { ...input, tenantId: tenant })),

  /** Gives money back, in part or in full; null: all that is left. */
  refund: operatorProcedure
    .input(refundPaymentSchema.omit({ tenantId: true }).extend(tenantInput))
    .mutation(({ ctx, input: { tenant, ...input } }) => refundPayment(ctx.billing, { ...input, tenantId: tenant })),

  /** Charges a saved method once. Nobody is there to answer a bank that asks, so that is a refusal. */
  charge: operatorProcedure
    .input(processPaymentSchema.omit({ tenantId: true, onSession: true }).extend(tenantInput))
    .mutation(({ ctx, input: { tenant, ...input } }) =>
      processPayment(ctx.billing, { ...input, tenantId: tenant, onSession: false }),
    ),
});
