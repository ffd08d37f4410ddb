/** Settings that several files share, so that they also share the installation. */

/** A catalog with trials, seats and an agreed price. */
export const ALL_KINDS = { CATALOG: "e2e/all-kinds.catalog.ts" };

/** Taxes by the buyer's address. */
export const TAX_BY_PLACE = { TAX_MODE: "stripe_tax", SELLER_NAME: "Seller Inc.", SELLER_TAX_ID: "EU372000041" };

/** A name of its own, so that nobody has used the installation before: what the operator reads there is the spec's alone. */
export const UNTOUCHED = { SELLER_NAME: "Untouched Ltd" };
