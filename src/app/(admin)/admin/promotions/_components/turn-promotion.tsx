"use client";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { failureOf, trpc } from "@/trpc/client";
import { Button } from "@/ui/button";
import { Dialog } from "@/ui/dialog";
import { ErrorState } from "@/ui/states";
import { toast } from "@/ui/toast";
import { DialogButtons } from "../../_components/dialog-buttons";
import { ReasonField, useReason } from "../../_components/reason";

/** Takes a code out of use, or puts it back, with a reason. */
export function TurnPromotion({ id, code, isActive }: { id: string; code: string; isActive: boolean }) {
  const [open, setOpen] = useState(false);
  const verb = isActive ? "Deactivate" : "Activate";
  return (
    <>
      <Button size="small" onClick={() => setOpen(true)} aria-label={`${verb} ${code}`}>
        {verb}
      </Button>
      {open ? <TurnDialog id={id} code={code} isActive={isActive} onClose={() => setOpen(false)} /> : null}
    </>
  );
}

function TurnDialog({
  id,
  code,
  isActive,
  onClose,
}: {
  id: string;
  code: string;
  isActive: boolean;
  onClose: () => void;
}) {
  const router = useRouter();
  const [requestId] = useState(() => crypto.randomUUID());
  const reason = useReason("Say why: it is kept in the log.");
  const turn = trpc.operator.setPromotionActive.useMutation({
    onSuccess: () => {
      toast(isActive ? `${code} is out of use` : `${code} is in use again`);
      router.refresh();
      onClose();
    },
  });
  return (
    <Dialog open onClose={onClose} locked={turn.isPending} title={isActive ? `Deactivate ${code}` : `Activate ${code}`}>
      <form
        noValidate
        className="grid gap-6"
        onSubmit={(event) => {
          event.preventDefault();
          const given = reason.given();
          if (given === null || turn.isPending) return;
          turn.mutate({ stripePromotionCodeId: id, isActive: !isActive, requestId, reason: given });
        }}
      >
        <p className="text-sm text-quiet">
          {isActive
            ? "Nobody can redeem it from now on. Who has redeemed it keeps the discount."
            : "Everybody whom it was made for can redeem it again."}
        </p>
        <ReasonField reason={reason} hint="Stands in the log below the codes." />
        {turn.error ? <ErrorState title="Nothing was changed" {...failureOf(turn.error)} /> : null}
        <DialogButtons onClose={onClose} isWorking={turn.isPending} look={isActive ? "danger" : "primary"}>
          {isActive ? "Deactivate" : "Activate"}
        </DialogButtons>
      </form>
    </Dialog>
  );
}
