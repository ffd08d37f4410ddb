"use client";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { chargeStepMinor, currencyExponent, isChargeable, majorText } from "@/billing/kernel/currency";
import { failureOf, trpc } from "@/trpc/client";
import { Button } from "@/ui/button";
import { Dialog } from "@/ui/dialog";
import { Field } from "@/ui/field";
import { Money, moneyText } from "@/ui/money";
import { ErrorState } from "@/ui/states";
import { toast } from "@/ui/toast";
import { DialogButtons } from "../../../_components/dialog-buttons";
import { ReasonField, useReason } from "../../../_components/reason";

/** A payment that money can be given back of. */
interface Refundable {
  paymentId: string;
  refundableMinor: bigint;
  currency: string;
  /** What it paid for. */
  name: string;
}

/** Gives a payment back, in part or in full, with a reason. */
export function RefundButton({ tenant, payment }: { tenant: string; payment: Refundable }) {
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button size="small" onClick={() => setOpen(true)} aria-label={`Refund ${payment.name}`}>
        Refund
      </Button>
      {open ? <RefundDialog tenant={tenant} payment={payment} onClose={() => setOpen(false)} /> : null}
    </>
  );
}

function RefundDialog({ tenant, payment, onClose }: { tenant: string; payment: Refundable; onClose: () => void }) {
  const { paymentId, refundableMinor, currency, name } = payment;
  const router = useRouter();
  const [requestId, setRequestId] = useState(() => crypto.randomUUID());
  const [amount, setAmount] = useState(() => majorText(refundableMinor, currency));
  const reason = useReason("Say why: it is kept with the refund.");
  const amountMinor = minorOf(amount, currency);
  const isBetween = amountMinor !== null && !isChargeable(amountMinor, currency);
  const isWrong = amountMinor === null || amountMinor <= 0n || amountMinor > refundableMinor || isBetween;
  const refund = trpc.payments.refund.useMutation({
    onSuccess: () => {
      toast(`${moneyText(amountMinor ?? 0n, currency)} is on its way back`);
      router.refresh();
      onClose();
    },
    // A refused request is spent; one whose answer was lost is asked for again under its name.
    onError: (error) => {
      if (failureOf(error).code !== null) setRequestId(crypto.randomUUID());
    },
  });
  return (
    <Dialog open onClose={onClose} locked={refund.isPending} title={`Refund ${name}`}>
      <form
        noValidate
        className="grid gap-6"
        onSubmit={(event) => {
          event.preventDefault();
          const given = reason.given();
          if (isWrong || given === null || refund.isPending) return;
          refund.mutate({ tenant, paymentId, amountMinor, requestId, reason: given });
        }}
      >
        <p className="text-sm text-quiet">
          It goes back to the card or account that paid. The plan stays as it is. Up to{" "}
          <Money amountMinor={refundableMinor} currency={currency} className="text-ink" /> can be given back.
        </p>
        <Field
          label={`Amount in ${currency.toUpperCase()}`}
          inputMode="decimal"
          value={amount}
          error={isWrong ? howToType(amountMinor, refundableMinor, currency) : null}
          onChange={(event) => setAmount(event.target.value)}
        />
        {isWrong ? null : <CreditNoteNotice tenant={tenant} paymentId={paymentId} amountMinor={amountMinor} />}
        <ReasonField reason={reason} hint="Stands in the audit log and beside the refund." />
        {refund.error ? <ErrorState title="Nothing was refunded" {...failureOf(refund.error)} /> : null}
        <DialogButtons onClose={onClose} isWorking={refund.isPending} look="danger" disabled={isWrong}>
          {isWrong ? "Refund" : `Refund ${moneyText(amountMinor, currency)}`}
        </DialogButtons>
      </form>
    </Dialog>
  );
}

/** What is to be typed instead. */
function howToType(amountMinor: bigint | null, refundableMinor: bigint, currency: string): string {
  if (amountMinor === null) {
    const digits = currencyExponent(currency);
    const most = digits === 0 ? "without a fraction" : `with at most ${digits} digits after the point`;
    return `Write it like ${majorText(refundableMinor, currency)}: figures alone, ${most}.`;
  }
  const steps = chargeStepMinor(currency);
  const inSteps = steps === 1n ? "" : `, in steps of ${majorText(steps, currency)}`;
  return `An amount up to ${moneyText(refundableMinor, currency)}${inSteps}.`;
}

/** What the refund does to the invoice it had paid. */
function CreditNoteNotice(asked: { tenant: string; paymentId: string; amountMinor: bigint }) {
  const { data, error, isPlaceholderData } = trpc.payments.previewRefund.useQuery(asked, {
    placeholderData: (before) => before,
  });
  if (error) return <ErrorState title="What it does to the invoice is not known" {...failureOf(error)} />;
  if (!data) return <p className="text-sm text-quiet">Looking at the invoice…</p>;
  const { credit, invoiceNumber, currency } = data;
  if (invoiceNumber === null) return <p className="text-sm">It was paid for no invoice, so none is corrected.</p>;
  if (credit === null) {
    return <p className="text-sm">An earlier credit note over {invoiceNumber} accounts for it already.</p>;
  }
  return (
    <p aria-busy={isPlaceholderData} className={`text-sm ${isPlaceholderData ? "opacity-50" : ""}`}>
      A credit note takes <Money amountMinor={credit.totalMinor} currency={currency} /> of {invoiceNumber} back
      {credit.taxMinor === 0n ? ". There is no tax in it." : null}
      {credit.taxMinor === 0n ? null : (
        <>
          , of which <Money amountMinor={credit.taxMinor} currency={currency} /> is tax.
        </>
      )}
    </p>
  );
}

/** Minor units of what was typed; null when it is no amount of this currency. */
function minorOf(text: string, currency: string): bigint | null {
  const digits = currencyExponent(currency);
  const [, whole, fraction = ""] = /^(\d{1,12})(?:\.(\d{1,3}))?$/.exec(text.trim()) ?? [];
  if (whole === undefined || fraction.length > digits) return null;
  return BigInt(whole + fraction.padEnd(digits, "0"));
}
