/** Who sells: the installation's settings, with the product's name where they name nobody. */
import type { DatabaseTransaction } from "@/db/transaction";
import { findProductName } from "../catalog";
import type { BillingContext } from "../context";
import type { Seller } from "./model-statement";

/** The seller as a new invoice names them. */
export async function sellerOf(tx: DatabaseTransaction, ctx: Pick<BillingContext, "settings">): Promise<Seller> {
  const { name, address, taxId } = ctx.settings.seller;
  return { name: name ?? (await findProductName(tx)) ?? "", address: [...address], taxId };
}
