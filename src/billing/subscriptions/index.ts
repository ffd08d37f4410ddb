/** The public face of subscriptions: what a tenant pays for, and every way to change that. */
export { SubscriptionError } from "../kernel/errors";
export { adoptTaxRate, type TaxRateAdopted } from "./adopt-tax-rate";
export { cancelSubscription } from "./cancel-subscription";
export { cancelUnpaidSubscription } from "./cancel-unpaid-subscription";
export { changePlan } from "./change-plan";
export { commitQuote } from "./commit-quote";
export { createSubscription } from "./create-subscription";
export { giveDiscount, takeDiscount } from "./discount-subscription";
export { currentPlan, getSubscription, type Holdings, listSubscriptionChanges, loadHoldings } from "./get-subscription";
export { makeContract } from "./make-contract";
export {
  listTenantsOn,
  type MigrationInput,
  type MigrationState,
  type MigrationStep,
  migrateVersions,
  previewMigration,
} from "./migrate-version";
export {
  type BillingInterval,
  billingIntervalSchema,
  type CancelSubscriptionInput,
  type ChangePlanInput,
  type CommitInput,
  type CreateSubscriptionInput,
  type CurrentPlan,
  commitSchema,
  OVERAGE_CHARGE_ID,
  type PlainVerbInput,
  type Quote,
  type Subscription,
  type SubscriptionChanged,
  type SubscriptionChangeKind,
  type SubscriptionChangeView,
  type SubscriptionStatus,
  type SubscriptionSynced,
  type SubscriptionWish,
  type SyncCause,
  subscriptionWishSchema,
} from "./model";
export {
  createPromotionSchema,
  discountWishSchema,
  type PromotionPage,
  type PromotionView,
  setPromotionActiveSchema,
} from "./model-promotions";
export { overageItem } from "./overage-items";
export { keepInterruptedPromise, SUBSCRIPTION_OPERATION } from "./perform";
export {
  cancelScheduledChange,
  endTrial,
  pauseSubscription,
  resumeSubscription,
  unpauseSubscription,
} from "./plain-verbs";
export { type CatalogPreview, previewCatalog, readPendingCatalog } from "./preview-catalog";
export {
  createPromotion,
  keepInterruptedPromotion,
  listPromotions,
  PROMOTION_OPERATION,
  setPromotionActive,
} from "./promotions";
export { getQuote, quoteSubscription } from "./quote";
export { resumeConfirmation } from "./resume-confirmation";
export { findSubscription, listSubscriptions } from "./store";
export { deleteExpiredQuotes } from "./store-quotes";
export { syncSubscription } from "./sync";
