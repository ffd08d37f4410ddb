"use client";
import { useRouter } from "next/navigation";
import { type FormEvent, useState } from "react";
import type { BankVerificationView } from "@/billing/payments/model";
import { failureOf, trpc } from "@/trpc/client";
import { Button } from "@/ui/button";
import { Dialog } from "@/ui/dialog";
import { Field } from "@/ui/field";
import { ErrorState } from "@/ui/states";
import { toast } from "@/ui/toast";
import { accountName } from "./bank-accounts";

type Answer = { amountsMinor: [number, number] } | { descriptorCode: string };

/** Asks what the bank statement says of the deposits. Stripe takes ten answers. */
export function VerifyDialog({
  tenant,
  account,
  onClose,
}: {
  tenant: string;
  account: BankVerificationView;
  onClose: () => void;
}) {
  const router = useRouter();
  const [problem, setProblem] = useState<string | null>(null);
  const byCode = account.depositType !== "amounts";
  const verify = trpc.payments.verifyBankAccount.useMutation({
    onSuccess: () => {
      toast(`${accountName(account)} can be charged now`);
      router.refresh();
      onClose();
    },
    onError: () => router.refresh(),
  });

  function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const answer = byCode ? readCode(form) : readAmounts(form);
    if (typeof answer === "string") return setProblem(answer);
    setProblem(null);
    // Each answer is a request of its own: a wrong one stays wrong under its id.
    verify.mutate({ tenant, setupIntentId: account.stripeSetupIntentId, answer, requestId: crypto.randomUUID() });
  }

  return (
    <Dialog open onClose={onClose} locked={verify.isPending} title={`Verify ${accountName(account)}`}>
      <form onSubmit={submit} noValidate>
        <p className="mb-4 text-sm text-quiet">
          {byCode
            ? "Look for a deposit of one cent on the account’s statement. Its text holds a code that begins with SM."
            : "Look for two deposits of less than a dollar on the account’s statement."}
        </p>
        {byCode ? (
          <Field label="Code" name="code" autoComplete="off" spellCheck={false} maxLength={6} error={problem} />
        ) : (
          <div className="grid grid-cols-2 gap-4">
            <Field label="First amount in cents" name="first" inputMode="numeric" autoComplete="off" error={problem} />
            <Field label="Second amount in cents" name="second" inputMode="numeric" autoComplete="off" />
          </div>
        )}
        {verify.error ? (
          <div className="mt-4">
            <ErrorState title="The account was not verified" {...failureOf(verify.error)} />
          </div>
        ) : null}
        <div className="mt-6 flex justify-end gap-3">
          <Button type="button" onClick={onClose} disabled={verify.isPending}>
            Later
          </Button>
          <Button type="submit" look="primary" busy={verify.isPending}>
            Verify account
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

function readCode(form: FormData): Answer | string {
  const descriptorCode = String(form.get("code") ?? "")
    .trim()
    .toUpperCase();
  return /^SM[0-9A-Z]{4}$/.test(descriptorCode)
    ? { descriptorCode }
    : "Enter the six characters of the code. It begins with SM.";
}

function readAmounts(form: FormData): Answer | string {
  const [first, second] = ["first", "second"].map((name) => Number(String(form.get(name) ?? "").trim()));
  const isCents = (amount: number | undefined): amount is number =>
    amount !== undefined && Number.isInteger(amount) && amount > 0 && amount < 100;
  if (isCents(first) && isCents(second)) return { amountsMinor: [first, second] };
  return "Enter both amounts in cents: 32 for $0.32.";
}
