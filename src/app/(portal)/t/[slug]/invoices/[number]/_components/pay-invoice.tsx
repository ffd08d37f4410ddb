"use client";
import { useRouter } from "next/navigation";
import { useRef } from "react";
import { failureOf, trpc } from "@/trpc/client";
import { Button } from "@/ui/button";
import { moneyText } from "@/ui/money";
import { ErrorState } from "@/ui/states";
import { toast } from "@/ui/toast";

/** Pays an open invoice with the default card; another card is added on the page for payment methods. */
export function PayInvoice({
  tenant,
  number,
  invoiceId,
  dueMinor,
  currency,
}: {
  tenant: string;
  number: string;
  invoiceId: string;
  dueMinor: bigint;
  currency: string;
}) {
  const router = useRouter();
  // One number for one attempt: kept while its outcome is unknown, so that nothing is paid twice.
  const attempt = useRef<string | null>(null);
  const pay = trpc.invoices.pay.useMutation({
    onSuccess: () => {
      toast(`${number} is paid`);
      router.refresh();
    },
    onError: (error) => {
      if (failureOf(error).code !== null) attempt.current = null;
    },
  });
  return (
    <div className="mt-6 grid gap-3">
      {pay.error ? <ErrorState title="The payment did not go through" {...failureOf(pay.error)} /> : null}
      <Button
        look="primary"
        size="large"
        wide
        busy={pay.isPending || pay.isSuccess}
        onClick={() => {
          attempt.current ??= crypto.randomUUID();
          pay.mutate({ tenant, invoiceId, paymentMethodId: null, requestId: attempt.current });
        }}
      >
        {pay.isPending ? "Paying…" : `Pay ${moneyText(dueMinor, currency)}`}
      </Button>
      <p className="text-sm text-quiet">
        With your default card.{" "}
        <a href={`/t/${tenant}/payment-methods/add`} className="link">
          Use another card
        </a>
      </p>
    </div>
  );
}
