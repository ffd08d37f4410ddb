/**
 * The account's tax settings: where the seller sits, and what holds for prices and products that say nothing.
 *
 * Until somebody changes them: a seller in Wilmington, Delaware, exclusive prices, software as a service for businesses.
 */
import type Stripe from "stripe";
import type { Transaction } from "../store/transaction";
import type { PriceBehavior } from "./calculation";

/** The one record's name in its collection. */
const settingsId = "account";

/** Currencies whose prices are usually quoted without taxes; `inferred_by_currency` goes by it, as at Stripe. */
const exclusiveCurrencies = new Set(["usd", "cad"]);

const initial: Stripe.Tax.Settings = {
  object: "tax.settings",
  defaults: { provider: "stripe", tax_behavior: "exclusive", tax_code: "txcd_10103001" },
  head_office: {
    address: {
      city: "Wilmington",
      country: "US",
      line1: "1 Sandbox Way",
      line2: null,
      postal_code: "19801",
      state: "DE",
    },
  },
  livemode: false,
  status: "active",
  status_details: { active: {} },
};

/** The settings as they are. */
export function taxSettings(tx: Transaction): Stripe.Tax.Settings {
  return tx.find("tax_settings", settingsId)?.settings ?? initial;
}

/** Stores changed settings. */
export function saveTaxSettings(tx: Transaction, settings: Stripe.Tax.Settings): Stripe.Tax.Settings {
  tx.put("tax_settings", { id: settingsId, settings });
  return settings;
}

/** Whether an amount contains its taxes: what its price says, else the account's default. */
export function behaviorOf(tx: Transaction, stated: string | null | undefined, currency: string): PriceBehavior {
  if (stated === "inclusive" || stated === "exclusive") return stated;
  const standard = taxSettings(tx).defaults.tax_behavior;
  if (standard === "inferred_by_currency") return exclusiveCurrencies.has(currency) ? "exclusive" : "inclusive";
  return standard === "inclusive" ? "inclusive" : "exclusive";
}

/** The code of a product that has none. */
export function standardTaxCode(tx: Transaction): string {
  return taxSettings(tx).defaults.tax_code ?? "txcd_10000000";
}

/** The seller's country. */
export function sellerCountry(tx: Transaction): string {
  return taxSettings(tx).head_office?.address.country ?? "US";
}
