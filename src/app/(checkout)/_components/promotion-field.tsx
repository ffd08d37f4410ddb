"use client";
import { type FormEvent, useEffect, useState } from "react";
import type { Failure } from "@/trpc/client";
import { Button } from "@/ui/button";
import { Field } from "@/ui/field";

/** A promotion code: typed, applied to the quote, and taken off again. What the server refuses is said at the field. */
export function PromotionField({
  applied,
  words,
  failure,
  busy,
  onApply,
}: {
  applied: string | null;
  /** What the applied code gives; null while that is not known. */
  words: string | null;
  failure: Failure | null;
  busy: boolean;
  onApply: (code: string | null) => void;
}) {
  const [open, setOpen] = useState(false);
  const [text, setText] = useState("");
  const [refused, setRefused] = useState<string | null>(null);
  const refusal = failure?.code?.startsWith("promotion.") ? failure.message : null;

  // A refused code is taken off again, so that the amounts stay; the words stay at the field.
  useEffect(() => {
    if (refusal === null || applied === null) return;
    setRefused(refusal);
    setOpen(true);
    onApply(null);
  }, [refusal, applied, onApply]);

  if (applied !== null) return <Applied code={applied} words={words} busy={busy} onRemove={() => onApply(null)} />;
  if (!open) {
    return (
      <div>
        <Button size="small" look="quiet" className="-ml-3" disabled={busy} onClick={() => setOpen(true)}>
          Add a promotion code
        </Button>
      </div>
    );
  }
  function apply(event?: FormEvent) {
    event?.preventDefault();
    setRefused(null);
    if (text.trim()) onApply(text.trim());
  }
  return (
    <div className="flex items-start gap-2">
      <Field
        className="min-w-0 grow"
        label="Promotion code"
        value={text}
        error={refused}
        autoComplete="off"
        autoCapitalize="characters"
        spellCheck={false}
        maxLength={100}
        disabled={busy}
        onChange={(event) => setText(event.target.value)}
        // Not a form of its own: it stands inside the one that pays.
        onKeyDown={(event) => {
          if (event.key === "Enter") apply(event);
        }}
      />
      <Button className="mt-6" disabled={busy || text.trim() === ""} onClick={() => apply()}>
        Apply
      </Button>
    </div>
  );
}

function Applied({
  code,
  words,
  busy,
  onRemove,
}: {
  code: string;
  words: string | null;
  busy: boolean;
  onRemove: () => void;
}) {
  return (
    <p className="flex flex-wrap items-center justify-between gap-x-4 gap-y-1 text-sm">
      <span className="min-w-0 break-words">
        <span className="rounded-sm bg-accent-wash px-1.5 py-0.5 font-mono text-xs text-accent">{code}</span>{" "}
        {words ?? ""}
      </span>
      <Button size="small" look="quiet" className="-mx-3" disabled={busy} onClick={onRemove}>
        Remove the code
      </Button>
    </p>
  );
}
