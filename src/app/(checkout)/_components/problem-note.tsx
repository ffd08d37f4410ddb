"use client";
import { useEffect, useRef } from "react";

/** What went wrong with a payment, beside the form that is kept; takes the focus so that it is read first. */
export function ProblemNote({ text, requestId }: { text: string; requestId?: string | null }) {
  const element = useRef<HTMLParagraphElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another problem takes the focus again
  useEffect(() => element.current?.focus(), [text]);
  return (
    <p ref={element} role="alert" tabIndex={-1} className="mt-4 border-l-2 border-loss bg-loss-wash px-4 py-2 text-sm">
      {text}
      {requestId ? <span className="block text-xs text-quiet">Request {requestId}</span> : null}
    </p>
  );
}
