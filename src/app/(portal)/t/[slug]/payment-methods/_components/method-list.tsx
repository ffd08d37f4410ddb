"use client";
import { useRouter } from "next/navigation";
import { useState } from "react";
import type { PaymentMethodView } from "@/billing/payments/model";
import { failureOf, trpc } from "@/trpc/client";
import { Button } from "@/ui/button";
import { Dialog } from "@/ui/dialog";
import { ErrorState } from "@/ui/states";
import { toast } from "@/ui/toast";
import { CardExpiry, cardName, isBankAccount } from "../../../../../_components/card-text";

/** The saved methods with what can be done to each. */
export function MethodList({
  tenant,
  methods,
  manage,
}: {
  tenant: string;
  methods: PaymentMethodView[];
  manage: boolean;
}) {
  const router = useRouter();
  const [removing, setRemoving] = useState<PaymentMethodView | null>(null);
  const setDefault = trpc.payments.setDefault.useMutation({
    onSuccess: () => {
      toast("The default was changed");
      router.refresh();
    },
  });
  return (
    <>
      {setDefault.error ? (
        <div className="mb-4">
          <ErrorState title="The default was not changed" {...failureOf(setDefault.error)} />
        </div>
      ) : null}
      <ul className="border-t border-ink/70">
        {methods.map((method) => (
          <li
            key={method.stripePaymentMethodId}
            className="flex flex-wrap items-center justify-between gap-x-6 gap-y-3 border-b border-rule py-4"
          >
            <div>
              <p className="font-medium">
                {cardName(method)}
                {method.isDefault ? <span className="ml-3 text-sm font-normal text-accent">Default</span> : null}
              </p>
              <p className="text-sm">
                <CardExpiry method={method} />
              </p>
            </div>
            {manage ? (
              <div className="flex gap-2">
                {method.isDefault ? null : (
                  <Button
                    size="small"
                    aria-label={`Make ${cardName(method)} the default`}
                    busy={setDefault.isPending && setDefault.variables.paymentMethodId === method.stripePaymentMethodId}
                    onClick={() =>
                      setDefault.mutate({
                        tenant,
                        paymentMethodId: method.stripePaymentMethodId,
                        requestId: crypto.randomUUID(),
                      })
                    }
                  >
                    Make default
                  </Button>
                )}
                <Button size="small" aria-label={`Remove ${cardName(method)}`} onClick={() => setRemoving(method)}>
                  Remove
                </Button>
              </div>
            ) : null}
          </li>
        ))}
      </ul>
      {removing ? <RemoveDialog tenant={tenant} method={removing} onClose={() => setRemoving(null)} /> : null}
    </>
  );
}

function RemoveDialog({ tenant, method, onClose }: { tenant: string; method: PaymentMethodView; onClose: () => void }) {
  const router = useRouter();
  const [requestId] = useState(() => crypto.randomUUID());
  const noun = isBankAccount(method) ? "account" : "card";
  const remove = trpc.payments.remove.useMutation({
    onSuccess: () => {
      toast(`${cardName(method)} was removed`);
      router.refresh();
      onClose();
    },
  });
  return (
    <Dialog open onClose={onClose} locked={remove.isPending} title={`Remove ${cardName(method)}?`}>
      <p className="mb-6 text-sm text-quiet">It will not be charged again. Past payments stay in your history.</p>
      {remove.error ? (
        <div className="mb-4">
          <ErrorState title={`The ${noun} was not removed`} {...failureOf(remove.error)} />
        </div>
      ) : null}
      <div className="flex justify-end gap-3">
        <Button onClick={onClose} disabled={remove.isPending}>
          Keep it
        </Button>
        <Button
          look="danger"
          busy={remove.isPending}
          onClick={() => remove.mutate({ tenant, paymentMethodId: method.stripePaymentMethodId, requestId })}
        >
          Remove {noun}
        </Button>
      </div>
    </Dialog>
  );
}
