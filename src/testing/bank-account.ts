/** A bank account entered as the browser does it, by hand and without a login to the bank: it waits for its deposits. */
import { startCardSetup } from "@/billing/payments";
import type { Tenant } from "@/billing/tenants";
import { postToSandbox } from "./sandbox-post";
import type { World } from "./world";

/** Enters it; returns the set-up's id, by which it waits. The default one is proven by the code "SM11AA". */
export async function enterBankAccount(world: World, tenant: Tenant, account = "000123456789"): Promise<string> {
  const { clientSecret } = await startCardSetup(world.ctx, tenant.id);
  const [id = ""] = clientSecret.split("_secret_");
  await postToSandbox(world.sandbox.url, `setup_intents/${id}/confirm`, {
    "payment_method_data[type]": "us_bank_account",
    "payment_method_data[us_bank_account][routing_number]": "110000000",
    "payment_method_data[us_bank_account][account_number]": account,
    "payment_method_data[us_bank_account][account_holder_type]": "company",
    "payment_method_data[billing_details][name]": "Ada Lovelace",
    "payment_method_data[billing_details][email]": "ada@example.com",
    "mandate_data[customer_acceptance][type]": "offline",
  });
  await world.drain();
  return id;
}
