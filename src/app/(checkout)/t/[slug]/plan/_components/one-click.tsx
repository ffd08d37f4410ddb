"use client";
import { useRouter } from "next/navigation";
import { type ReactNode, useState } from "react";
import { failureOf, trpc } from "@/trpc/client";
import { Button, type ButtonProps } from "@/ui/button";
import { toast } from "@/ui/toast";

type OneClickProps = { tenant: string; doneText: string } & Pick<ButtonProps, "look" | "size" | "wide" | "children">;

/** Takes back a change that waits, for its day or for its payment. Costs nothing, so it asks nothing. */
export function KeepButton({ tenant, doneText, ...button }: OneClickProps) {
  const { requestId, done } = useOneClick(doneText);
  const keep = trpc.subscriptions.cancelScheduled.useMutation({ onSuccess: done });
  return (
    <WithProblem error={keep.error}>
      <Button
        {...button}
        busy={keep.isPending || keep.isSuccess}
        onClick={() => keep.mutate({ tenant, requestId: requestId.next(keep.isError) })}
      />
    </WithProblem>
  );
}

/** Gives up a start that nobody has paid for. */
export function LeaveStartButton({ tenant, doneText, ...button }: OneClickProps) {
  const { requestId, done } = useOneClick(doneText);
  const leave = trpc.subscriptions.cancel.useMutation({ onSuccess: done });
  return (
    <WithProblem error={leave.error}>
      <Button
        {...button}
        busy={leave.isPending || leave.isSuccess}
        onClick={() => leave.mutate({ tenant, immediate: true, requestId: requestId.next(leave.isError) })}
      />
    </WithProblem>
  );
}

function useOneClick(doneText: string) {
  const router = useRouter();
  const [id, setId] = useState(() => crypto.randomUUID());
  const requestId = {
    /** A refused request is not asked again under its number: the answer would be the stored refusal. */
    next(refused: boolean): string {
      if (!refused) return id;
      const fresh = crypto.randomUUID();
      setId(fresh);
      return fresh;
    },
  };
  const done = () => {
    toast(doneText);
    router.refresh();
  };
  return { requestId, done };
}

function WithProblem({ error, children }: { error: unknown; children: ReactNode }) {
  return (
    <span className="grid gap-1">
      {children}
      {error ? (
        <span role="alert" className="text-sm text-loss">
          {failureOf(error).message}
        </span>
      ) : null}
    </span>
  );
}
