"use client";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { failureOf, trpc } from "@/trpc/client";
import { Button } from "@/ui/button";
import { toast } from "@/ui/toast";

/** Withdraws a cancellation that has not happened yet. */
export function ResumeButton({
  tenant,
  planName,
  look = "secondary",
}: {
  tenant: string;
  planName: string;
  look?: "primary" | "secondary";
}) {
  const router = useRouter();
  const [requestId] = useState(() => crypto.randomUUID());
  const resume = trpc.subscriptions.resume.useMutation({
    onSuccess: () => {
      toast(`${planName} goes on`);
      router.refresh();
    },
  });
  return (
    <span className="inline-flex flex-wrap items-center gap-3">
      {resume.error ? (
        <span role="alert" className="text-sm text-loss">
          {failureOf(resume.error).message}
        </span>
      ) : null}
      <Button
        size="small"
        look={look}
        busy={resume.isPending || resume.isSuccess}
        onClick={() => resume.mutate({ tenant, requestId })}
      >
        Resume {planName}
      </Button>
    </span>
  );
}
