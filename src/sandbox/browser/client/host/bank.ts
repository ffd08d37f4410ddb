/** US bank accounts in the browser: logging in to one, and answering the micro-deposits that verify one. */
import { callApi } from "../shared/api";
import { isJson, part, text } from "../shared/protocol";
import { parameters } from "./confirm";
import type { Account } from "./elements";
import { IntegrationError } from "./emitter";
import { intentOfSecret, type Noun, named, type Result, retrieveIntent } from "./intents";
import { showOverlay } from "./overlay";

function checkedSecret(noun: Noun, secret: unknown): { id: string; secret: string } {
  const intent = intentOfSecret(secret);
  if (intent?.noun === noun && typeof secret === "string") return { id: intent.id, secret };
  throw new IntegrationError(`The client secret of a ${noun.replace("_", " ")} is missing.`);
}

/** stripe.collectBankAccountForSetup and …ForPayment: the intent afterwards, with or without an account. */
export async function collectBankAccount(account: Account, noun: Noun, options: unknown): Promise<Result> {
  const given = isJson(options) ? options : {};
  const { id, secret } = checkedSecret(noun, given.clientSecret);
  const params = part(given, "params");
  if (params.payment_method_type !== "us_bank_account") {
    throw new IntegrationError('Collecting a bank account needs params.payment_method_type "us_bank_account".');
  }
  const billingDetails = part(params, "payment_method_data", "billing_details");
  if (text(billingDetails, "name") === "") {
    throw new IntegrationError("Collecting a bank account needs params.payment_method_data.billing_details.name.");
  }
  const plain = parameters(billingDetails);
  const failed = await showOverlay(account, "bankLogin", { clientSecret: secret, billingDetails: plain }, null);
  return failed === null ? retrieveIntent(account, noun, id, secret) : { error: failed };
}

/** stripe.verifyMicrodepositsForSetup and …ForPayment. */
export async function verifyMicrodeposits(
  account: Account,
  noun: Noun,
  secret: unknown,
  answer: unknown,
): Promise<Result> {
  const { id, secret: checked } = checkedSecret(noun, secret);
  const path = `/v1/${noun}s/${id}/verify_microdeposits`;
  const all = { ...parameters(answer), client_secret: checked };
  const reply = await callApi(account.baseUrl, account.publishableKey, "POST", path, all);
  return reply.error === undefined ? named(noun, reply.object) : { error: reply.error };
}
