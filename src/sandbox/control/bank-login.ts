/** The control behind the browser's bank page: gives an intent the US account its holder chose or typed. */
import { checkTypedAccount, createBankAccount } from "../payments/bank-accounts";
import { emptyBillingDetails, mergeBillingDetails, resolvePaymentMethod } from "../payments/cards";
import { bankScenarioOf } from "../payments/scenarios";
import type { Transaction } from "../store/transaction";
import { BadControlRequest, type ControlContext, type ControlRequest } from "./control";

function textAt(value: unknown, key: string): string {
  if (typeof value !== "object" || value === null || !(key in value)) return "";
  const found: unknown = Reflect.get(value, key);
  return typeof found === "string" ? found : "";
}

/** Whose account it is, as the page said when it asked for one. */
function detailsOf(stated: unknown) {
  const name = textAt(stated, "name");
  const email = textAt(stated, "email");
  if (name === "") throw new BadControlRequest("The billing details must name the holder of the account.");
  return mergeBillingDetails(emptyBillingDetails(), { name, email: email === "" ? null : email });
}

function accountOf(tx: Transaction, body: Record<string, unknown>): string {
  const details = {
    billing_details: detailsOf(body.billing_details),
    metadata: {},
    allow_redisplay: "unspecified",
  } as const;
  if (typeof body.payment_method === "string") {
    if (bankScenarioOf("us_bank_account", body.payment_method) === undefined) {
      throw new BadControlRequest(`"${body.payment_method}" is no test bank account.`);
    }
    const method = resolvePaymentMethod(tx, body.payment_method);
    return tx.put("payment_method", { ...method, billing_details: details.billing_details }).id;
  }
  const typed = body.us_bank_account;
  const account = {
    type: "us_bank_account",
    number: textAt(typed, "account_number"),
    routingNumber: textAt(typed, "routing_number"),
    holderType: textAt(typed, "account_holder_type"),
    accountType: null,
  } as const;
  const scenario = checkTypedAccount(account, "us_bank_account");
  return createBankAccount(tx, scenario, { ...details, account, isVerified: false }).id;
}

/** {"client_secret", "billing_details", "payment_method" | "us_bank_account"}: the intent then waits for its confirmation. */
export function connectBankAccount(context: ControlContext, request: ControlRequest): { id: string; status: string } {
  const { client_secret: secret } = request.body;
  if (typeof secret !== "string") throw new BadControlRequest('"client_secret" is missing.');
  return context.store.transaction((tx) => {
    const id = secret.split("_secret_")[0] ?? "";
    const intent = tx.find("payment_intent", id) ?? tx.find("setup_intent", id);
    if (intent === undefined || intent.client_secret !== secret) {
      throw new BadControlRequest("The client_secret belongs to no intent.");
    }
    if (intent.status !== "requires_payment_method" && intent.status !== "requires_confirmation") {
      throw new BadControlRequest(`The intent takes no account now: its status is ${intent.status}.`);
    }
    const chosen = { payment_method: accountOf(tx, request.body), status: "requires_confirmation" } as const;
    if (intent.object === "payment_intent") tx.put("payment_intent", { ...intent, ...chosen });
    else tx.put("setup_intent", { ...intent, ...chosen });
    return { id, status: chosen.status };
  });
}
