/** The public face of subscriptions: what a tenant pays for, and every way to change that. */
export { cancelSubscription } from "./cancel-subscription";
export { changePlan } from "./change-plan";
export { createSubscription } from "./create-subscription";
export { currentPlan, getSubscription, type Holdings, listSubscriptionChanges, loadHoldings } from "./get-subscription";
export {
  type BillingInterval,
  billingIntervalSchema,
  type CancelSubscriptionInput,
  type ChangePlanInput,
  type CreateSubscriptionInput,
  type CurrentPlan,
  cancelSubscriptionSchema,
  changePlanSchema,
  createSubscriptionSchema,
  OVERAGE_CHARGE_ID,
  type PlanChangePreview,
  type ResumeSubscriptionInput,
  resumeSubscriptionSchema,
  type Subscription,
  type SubscriptionChanged,
  type SubscriptionChangeKind,
  type SubscriptionChangeView,
  type SubscriptionStatus,
  type SubscriptionSynced,
  type SyncCause,
} from "./model";
export { overageItem } from "./overage-items";
export { previewPlanChange } from "./preview-plan-change";
export { resumeConfirmation } from "./resume-confirmation";
export { resumeSubscription } from "./resume-subscription";
export { findSubscription, listSubscriptions } from "./store";
export { syncSubscription } from "./sync";
