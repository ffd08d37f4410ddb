/** The public face of payments: how a tenant pays, what it paid and got back, and what to do when a payment fails. */
export { declineAdvice } from "../kernel/declines";
export {
  AuthenticationRequiredError,
  BillingError,
  CardDeclinedError,
  InsufficientFundsError,
  PaymentError,
} from "../kernel/errors";
export {
  abandonBankAccount,
  listBankVerifications,
  refreshBankVerifications,
  verifyBankAccount,
} from "./bank-accounts";
export { getPayment, listPayments } from "./list-payments";
export { listTransactions } from "./list-transactions";
export {
  type AbandonBankAccountInput,
  type AddPaymentMethodInput,
  abandonBankAccountSchema,
  addPaymentMethodSchema,
  type BankVerificationView,
  type ListPaymentsInput,
  type ListTransactionsInput,
  listTransactionsSchema,
  PAYMENT_STATUSES,
  type PaymentAttention,
  type PaymentMethodInput,
  type PaymentMethodView,
  type PaymentProcessed,
  type PaymentStatus,
  type PaymentView,
  type PreviewRefundInput,
  type ProcessPaymentInput,
  paymentMethodInputSchema,
  previewRefundSchema,
  processPaymentSchema,
  REFUND_STATUSES,
  type RefundPaymentInput,
  type RefundPreview,
  type RefundStatus,
  type RefundView,
  refundPaymentSchema,
  type Transaction,
  type TransactionPage,
  type VerifyBankAccountInput,
  verifyBankAccountSchema,
} from "./model";
export {
  addPaymentMethod,
  getPaymentAttention,
  listPaymentMethods,
  removePaymentMethod,
  setDefaultPaymentMethod,
  startCardSetup,
} from "./payment-methods";
export { processPayment, requireChargedCurrency } from "./process-payment";
export { recoverPayments } from "./recover-payments";
export { previewRefund, refundPayment } from "./refund-payment";
export { transactionsCsv } from "./rules-csv";
export { type PaymentSynced, syncPayment } from "./sync-payment";
export { syncPaymentMethods } from "./sync-payment-methods";
export { syncRefunds } from "./sync-refunds";
