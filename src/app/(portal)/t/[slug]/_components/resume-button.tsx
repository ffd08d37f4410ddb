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
  size = "small",
  wide = false,
}: {
  tenant: string;
  planName: string;
  look?: "primary" | "secondary";
  size?: "small" | "medium";
  wide?: boolean;
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
    <span className={`inline-flex flex-wrap items-center gap-3 ${wide ? "w-full" : ""}`}>
      {resume.error ? (
        <span role="alert" className="text-sm text-loss">
          {failureOf(resume.error).message}
        </span>
      ) : null}
      <Button
        size={size}
        wide={wide}
        look={look}
        busy={resume.isPending || resume.isSuccess}
        onClick={() => resume.mutate({ tenant, requestId })}
      >
        Resume {planName}
      </Button>
    </span>
  );
}
