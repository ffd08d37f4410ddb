/** The public face of the catalog: what is sold, what is metered, and how a catalog comes into force. */
export { applyCatalog, type CatalogApplied } from "./apply-catalog";
export { defineCatalog } from "./define-catalog";
export { type CatalogDifference, diffCatalog } from "./diff-catalog";
export { findPlanVersion, getCatalog } from "./get-catalog";
export { loadCatalogFile } from "./load-catalog-file";
export { makeContractVersion } from "./make-contract-version";
export {
  type Aggregation,
  type Allowance,
  type AppliedCatalog,
  type Catalog,
  type ContractTerms,
  type MakeContractInput,
  type Meter,
  makeContractSchema,
  type Plan,
  type PlanVersion,
  stripePriceId,
} from "./model";
export { activePlan, allowanceOf, type CatalogProblem, invalidCatalog, parseCatalog } from "./rules";
export {
  findPlanVersionByPrice,
  findPlanVersionBySeatPrice,
  findProductName,
  findStoredPlanVersion,
  findTaxRates,
  loadMeters,
  loadPlanVersions,
  markTaxRateAdopted,
} from "./store";
