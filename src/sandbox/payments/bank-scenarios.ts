/** Stripe's test bank accounts: US accounts (routing number 110000000) and SEPA IBANs, and what their debits come to. */

interface BankAccount {
  name: string;
  number: string;
  /** The id that stands for it, where Stripe has one. */
  paymentMethods: string | null;
  bank: { type: "us_bank_account" | "sepa_debit"; settles: string; depositsFail: boolean };
  isDisputed: boolean;
}

function us(id: string, number: string, settles: string, traits: Partial<BankAccount> = {}): BankAccount {
  const bank = { type: "us_bank_account" as const, settles, depositsFail: id === "failMicrodeposits" };
  const paymentMethods = `pm_usBankAccount_${id}`;
  return { name: `us_bank_${id}`, number, paymentMethods, bank, isDisputed: false, ...traits };
}

function sepa(number: string, settles: string, isDisputed = false): BankAccount {
  const bank = { type: "sepa_debit" as const, settles, depositsFail: false };
  return { name: `sepa_${number}`, number, paymentMethods: null, bank, isDisputed };
}

/** The routing number of every US test account. */
export const testRoutingNumber = "110000000";

/** All test bank accounts. */
export const bankAccounts: readonly BankAccount[] = [
  us("success", "000123456789", "succeeds"),
  us("accountClosed", "000111111113", "account_closed"),
  us("noAccount", "000111111116", "no_account"),
  us("insufficientFunds", "000222222227", "insufficient_funds"),
  us("debitNotAuthorized", "000333333335", "debit_not_authorized"),
  us("invalidCurrency", "000444444440", "payment_method_currency_mismatch"),
  us("failMicrodeposits", "000666666661", "succeeds"),
  us("dispute", "000555555559", "succeeds", { isDisputed: true }),
  us("processing", "000000000009", "never"),
  sepa("AT611904300234573201", "succeeds"),
  sepa("AT861904300235473202", "debit_not_authorized"),
  sepa("AT591904300235473203", "succeeds", true),
  sepa("DE89370400440532013000", "succeeds"),
  sepa("DE62370400440532013001", "debit_not_authorized"),
  sepa("DE35370400440532013002", "succeeds", true),
];
