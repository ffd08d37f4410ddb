/** The public face of entitlements. */
export { checkQuota } from "./check-quota";
export type { QuotaCheck } from "./model";
export { decideQuota } from "./rules";
