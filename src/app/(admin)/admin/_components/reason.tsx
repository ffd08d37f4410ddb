"use client";
import { type ComponentProps, useRef, useState } from "react";
import { Field } from "@/ui/field";

/** A reason as it is typed; nothing is done for a tenant without one. */
export interface Reason {
  /** What the field is filled with. */
  field: Pick<ComponentProps<typeof Field>, "value" | "error" | "onChange" | "ref">;
  /** The reason, or null while there is none: the field then says so and has the focus. */
  given: () => string | null;
}

const REASON_MOST = 500;

/** What is wrong with a reason, null when nothing is; `missing` is said of none. Nothing is cut off unseen. */
export function reasonError(text: string, missing: string): string | null {
  return text.trim() === "" ? missing : tooLongText(text, REASON_MOST);
}

/** How much too long a text is, in words; null when it is not. */
export function tooLongText(text: string, most: number): string | null {
  const { length } = text.trim();
  return length > most ? `At most ${most} characters; this has ${length}.` : null;
}

/** Keeps a reason; `missing` is said where somebody goes on without one. */
export function useReason(missing: string): Reason {
  const element = useRef<HTMLInputElement>(null);
  const [value, setValue] = useState("");
  const [isAskedFor, setIsAskedFor] = useState(false);
  const error = reasonError(value, missing);
  return {
    field: {
      ...{ value, ref: element, error: isAskedFor ? error : null },
      onChange: (event) => setValue(event.target.value),
    },
    given: () => {
      setIsAskedFor(true);
      if (error === null) return value.trim();
      element.current?.focus();
      return null;
    },
  };
}

/** The field of a reason. */
export function ReasonField({ reason, hint }: { reason: Reason; hint: string }) {
  return <Field label="Reason" hint={hint} required {...reason.field} />;
}
