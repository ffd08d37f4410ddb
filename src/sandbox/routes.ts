/** The one list of everything the sandbox serves under /v1 and /v2. */
import type { Route } from "./http/route";
import { accountRoutes } from "./resources/account";
import { billingMeterRoutes } from "./resources/billing-meters";
import { billingPortalRoutes } from "./resources/billing-portal";
import { chargeRoutes } from "./resources/charges";
import { checkoutSessionRoutes } from "./resources/checkout-sessions";
import { confirmationTokenRoutes } from "./resources/confirmation-tokens";
import { couponRoutes } from "./resources/coupons";
import { creditNoteRoutes } from "./resources/credit-notes";
import { customerBalanceRoutes } from "./resources/customer-balance";
import { customerSessionRoutes } from "./resources/customer-sessions";
import { customerRoutes } from "./resources/customers";
import { disputeRoutes } from "./resources/disputes";
import { earlyFraudWarningRoutes } from "./resources/early-fraud-warnings";
import { eventRoutes } from "./resources/events";
import { fileRoutes } from "./resources/files";
import { invoiceItemRoutes } from "./resources/invoice-items";
import { invoiceLineEditRoutes } from "./resources/invoice-line-edits";
import { invoiceLineRoutes } from "./resources/invoice-lines";
import { invoicePaymentRoutes } from "./resources/invoice-payments";
import { invoiceRoutes } from "./resources/invoices";
import { mandateRoutes } from "./resources/mandates";
import { meterEventRoutes } from "./resources/meter-events";
import { paymentIntentRoutes } from "./resources/payment-intents";
import { paymentMethodRoutes } from "./resources/payment-methods";
import { priceRoutes } from "./resources/prices";
import { productRoutes } from "./resources/products";
import { promotionCodeRoutes } from "./resources/promotion-codes";
import { refundRoutes } from "./resources/refunds";
import { searchRoutes } from "./resources/searches";
import { setupAttemptRoutes } from "./resources/setup-attempts";
import { setupIntentRoutes } from "./resources/setup-intents";
import { subscriptionItemRoutes } from "./resources/subscription-items";
import { subscriptionScheduleRoutes } from "./resources/subscription-schedules";
import { subscriptionRoutes } from "./resources/subscriptions";
import { taxCalculationRoutes } from "./resources/tax-calculations";
import { taxCodeRoutes } from "./resources/tax-codes";
import { taxIdRoutes } from "./resources/tax-ids";
import { taxRateRoutes } from "./resources/tax-rates";
import { taxRegistrationRoutes } from "./resources/tax-registrations";
import { taxSettingsRoutes } from "./resources/tax-settings";
import { testClockRoutes } from "./resources/test-clocks";
import { tokenRoutes } from "./resources/tokens";
import { webhookEndpointRoutes } from "./resources/webhook-endpoints";

/** All routes; two for the same method and pattern stop the start. */
export const routes: readonly Route[] = [
  ...billingMeterRoutes,
  ...accountRoutes,
  ...billingPortalRoutes,
  ...chargeRoutes,
  ...checkoutSessionRoutes,
  ...confirmationTokenRoutes,
  ...couponRoutes,
  ...creditNoteRoutes,
  ...customerBalanceRoutes,
  ...customerRoutes,
  ...customerSessionRoutes,
  ...disputeRoutes,
  ...earlyFraudWarningRoutes,
  ...eventRoutes,
  ...fileRoutes,
  ...invoiceItemRoutes,
  ...invoiceLineEditRoutes,
  ...invoiceLineRoutes,
  ...invoicePaymentRoutes,
  ...invoiceRoutes,
  ...mandateRoutes,
  ...meterEventRoutes,
  ...paymentIntentRoutes,
  ...paymentMethodRoutes,
  ...priceRoutes,
  ...productRoutes,
  ...promotionCodeRoutes,
  ...refundRoutes,
  ...searchRoutes,
  ...setupAttemptRoutes,
  ...setupIntentRoutes,
  ...subscriptionItemRoutes,
  ...subscriptionRoutes,
  ...subscriptionScheduleRoutes,
  ...taxCalculationRoutes,
  ...taxCodeRoutes,
  ...taxIdRoutes,
  ...taxRateRoutes,
  ...taxRegistrationRoutes,
  ...taxSettingsRoutes,
  ...testClockRoutes,
  ...tokenRoutes,
  ...webhookEndpointRoutes,
];
