import type { AppliedCatalog } from "@/billing/catalog/model";
import type { Environment } from "@/env";

/** What prices leave out: "before tax (8%)", or that it depends on the place. */
export function beforeTaxText(tax: AppliedCatalog["tax"], taxMode: Environment["taxMode"]): string {
  const name = tax.displayName.toLowerCase();
  return taxMode === "rate" ? `before ${name} (${tax.percentage}%)` : `before ${name}, which depends on your address`;
}
