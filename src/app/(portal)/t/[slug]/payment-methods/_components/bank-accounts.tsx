"use client";
import { useRouter } from "next/navigation";
import { useState } from "react";
import type { BankVerificationView } from "@/billing/payments/model";
import { failureOf, trpc } from "@/trpc/client";
import { Button } from "@/ui/button";
import { DateText } from "@/ui/date-text";
import { ErrorState } from "@/ui/states";
import { toast } from "@/ui/toast";
import { cardName } from "../../../../../_components/card-text";
import { VerifyDialog } from "./verify-dialog";

/** The account in words. */
export function accountName(account: BankVerificationView): string {
  return cardName({ type: "us_bank_account", brand: null, bankName: account.bankName, last4: account.last4 });
}

/** Accounts that wait for their deposits to be told back, and those that could not be verified. */
export function BankAccounts({
  tenant,
  accounts,
  manage,
  timeZone,
}: {
  tenant: string;
  accounts: BankVerificationView[];
  manage: boolean;
  timeZone: string;
}) {
  const router = useRouter();
  const [verifying, setVerifying] = useState<BankVerificationView | null>(null);
  const abandon = trpc.payments.abandonBankAccount.useMutation({
    onSuccess: () => {
      toast("The bank account was given up");
      router.refresh();
    },
  });
  return (
    <>
      {abandon.error ? (
        <div className="mb-4">
          <ErrorState title="The bank account was not given up" {...failureOf(abandon.error)} />
        </div>
      ) : null}
      <ul className="border-t border-ink/70">
        {accounts.map((account) => (
          <li
            key={account.stripeSetupIntentId}
            className="flex flex-wrap items-center justify-between gap-x-6 gap-y-3 border-b border-rule py-4"
          >
            <div className="max-w-prose">
              <p className="font-medium">
                {accountName(account)}
                <span className={`ml-3 text-sm font-normal ${account.state === "failed" ? "text-loss" : "text-risk"}`}>
                  {account.state === "failed" ? "Not verified" : "Waiting for verification"}
                </span>
              </p>
              <p className="text-sm text-quiet">
                <Instruction account={account} timeZone={timeZone} />
              </p>
            </div>
            {manage ? (
              <Actions
                account={account}
                busy={abandon.isPending && abandon.variables.setupIntentId === account.stripeSetupIntentId}
                onVerify={() => setVerifying(account)}
                onGiveUp={() =>
                  abandon.mutate({ tenant, setupIntentId: account.stripeSetupIntentId, requestId: crypto.randomUUID() })
                }
              />
            ) : null}
          </li>
        ))}
      </ul>
      {verifying ? <VerifyDialog tenant={tenant} account={verifying} onClose={() => setVerifying(null)} /> : null}
    </>
  );
}

function Actions({
  account,
  busy,
  onVerify,
  onGiveUp,
}: {
  account: BankVerificationView;
  busy: boolean;
  onVerify: () => void;
  onGiveUp: () => void;
}) {
  const name = accountName(account);
  const failed = account.state === "failed";
  return (
    <div className="flex gap-2">
      {failed ? null : (
        <Button size="small" aria-label={`Verify ${name}`} onClick={onVerify}>
          Verify
        </Button>
      )}
      <Button size="small" aria-label={`${failed ? "Dismiss" : "Give up"} ${name}`} busy={busy} onClick={onGiveUp}>
        {failed ? "Dismiss" : "Give up"}
      </Button>
    </div>
  );
}

function Instruction({ account, timeZone }: { account: BankVerificationView; timeZone: string }) {
  if (account.state === "failed") return account.advice ?? "The account could not be verified. Add it again.";
  return (
    <>
      {account.depositType === "amounts"
        ? "Two small deposits arrive on your statement"
        : "A deposit of one cent with a six-character code arrives on your statement"}
      {account.arrivesAt ? (
        <>
          {" "}
          by <DateText at={account.arrivesAt} timeZone={timeZone} />
        </>
      ) : null}
      . Verify the account by <DateText at={account.expiresAt} timeZone={timeZone} />, then it can be charged; after
      that it has to be added again.
    </>
  );
}
