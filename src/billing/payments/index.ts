/** The public face of payments: how a tenant pays, what it paid, and what to do when a payment fails. */
export { declineAdvice } from "../kernel/declines";
export {
  AuthenticationRequiredError,
  BillingError,
  CardDeclinedError,
  InsufficientFundsError,
  PaymentError,
} from "../kernel/errors";
export { listPayments } from "./list-payments";
export {
  type AddPaymentMethodInput,
  addPaymentMethodSchema,
  type ListPaymentsInput,
  PAYMENT_STATUSES,
  type PaymentMethodInput,
  type PaymentMethodView,
  type PaymentStatus,
  type PaymentView,
  paymentMethodInputSchema,
} from "./model";
export {
  addPaymentMethod,
  listPaymentMethods,
  removePaymentMethod,
  setDefaultPaymentMethod,
  startCardSetup,
} from "./payment-methods";
export { type PaymentSynced, syncPayment } from "./sync-payment";
export { syncPaymentMethods } from "./sync-payment-methods";
