/** Pricing has no verbs and no tables: everything here is a pure function that a browser may run too. */
export { accumulate, aggregate, monthlyMinor, type Overage, type OverageFacts, rateOverage } from "./rules";
