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

/** Keeps a reason; `missing` is said where somebody goes on without one. */
export function useReason(missing: string): Reason {
  const element = useRef<HTMLInputElement>(null);
  const [value, setValue] = useState("");
  const [isAskedFor, setIsAskedFor] = useState(false);
  const reason = value.trim();
  return {
    field: {
      ...{ value, ref: element, error: isAskedFor && reason === "" ? missing : null },
      onChange: (event) => setValue(event.target.value),
    },
    given: () => {
      setIsAskedFor(true);
      if (reason !== "") return reason;
      element.current?.focus();
      return null;
    },
  };
}

/** The field of a reason. */
export function ReasonField({ reason, hint }: { reason: Reason; hint: string }) {
  return <Field label="Reason" hint={hint} maxLength={500} required {...reason.field} />;
}
