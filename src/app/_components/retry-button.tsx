"use client";
import { useRouter } from "next/navigation";
import { useTransition } from "react";
import { Button } from "@/ui/button";

/** Loads the page's data again without leaving it. */
export function RetryButton() {
  const router = useRouter();
  const [pending, start] = useTransition();
  return (
    <Button size="small" busy={pending} onClick={() => start(() => router.refresh())}>
      Try again
    </Button>
  );
}
