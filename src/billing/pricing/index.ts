/** Pricing has no verbs and no tables: everything here is a pure function that a browser may run too. */
export { type OverageDetail, overageDetailSchema } from "./model";
export { type ExactPrice, priceOf } from "./price-models";
export {
  accumulate,
  aggregate,
  monthlyMinor,
  type Overage,
  type OverageFacts,
  overageMinor,
  rateOverage,
} from "./rules";
