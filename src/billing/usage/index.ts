/** The public face of usage: reports in, views and charges out, and the periods between. */
export { attachCharge, chargeRunningPeriod, closePeriod, findCharges } from "./charge-period";
export { listTenantsWithEndedPeriods, loadOpenPeriods, nextPeriodEndAt } from "./due-periods";
export { enterTerms } from "./enter-terms";
export { getUsage } from "./get-usage";
export { dailyUsage, listUsageEvents, listUsagePeriods } from "./list-usage";
export {
  type DailyUsage,
  type EnterTermsInput,
  type MeterUsage,
  type OverageCharge,
  type PeriodCloser,
  type RatedOverage,
  type RecordUsageInput,
  recordUsageSchema,
  type UsageEventView,
  type UsagePeriod,
  type UsagePeriodView,
  type UsageRecorded,
  type UsageTerms,
  type UsageView,
} from "./model";
export { ratePeriod } from "./rate-period";
export { recordUsage } from "./record-usage";
export { currentTerms, findRunningPeriod } from "./running-period";
export { loadFreeTenantIds } from "./store";
