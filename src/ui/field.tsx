import { type ComponentProps, type ReactNode, useId } from "react";

const control =
  "h-10 w-full rounded-md border border-edge bg-raised px-3 text-base text-ink placeholder:text-quiet " +
  "hover:border-ink aria-invalid:border-loss disabled:opacity-60";

interface Wording {
  label: string;
  /** What to put in, or what it is for. */
  hint?: ReactNode;
  /** What is wrong and how to put it right; marks the control as invalid. */
  error?: string | null;
}

/** A labelled text input with its hint and its error, tied together for assistive technology. */
export function Field({ label, hint, error, className = "", ...input }: Wording & ComponentProps<"input">) {
  const id = useId();
  const described = [hint ? `${id}-hint` : "", error ? `${id}-error` : ""].filter(Boolean).join(" ");
  return (
    <div className={className}>
      <label htmlFor={id} className="mb-1 block text-sm font-medium">
        {label}
      </label>
      <input
        id={id}
        className={control}
        aria-invalid={error ? true : undefined}
        aria-describedby={described || undefined}
        {...input}
      />
      {hint ? (
        <p id={`${id}-hint`} className="mt-1 text-sm text-quiet">
          {hint}
        </p>
      ) : null}
      {error ? (
        <p id={`${id}-error`} className="mt-1 text-sm text-loss">
          {error}
        </p>
      ) : null}
    </div>
  );
}

/** A labelled native select. */
export function SelectField({
  label,
  hint,
  error,
  className = "",
  children,
  ...select
}: Wording & ComponentProps<"select">) {
  const id = useId();
  const described = [hint ? `${id}-hint` : "", error ? `${id}-error` : ""].filter(Boolean).join(" ");
  return (
    <div className={className}>
      <label htmlFor={id} className="mb-1 block text-sm font-medium">
        {label}
      </label>
      <select
        id={id}
        className={control}
        aria-invalid={error ? true : undefined}
        aria-describedby={described || undefined}
        {...select}
      >
        {children}
      </select>
      {hint ? (
        <p id={`${id}-hint`} className="mt-1 text-sm text-quiet">
          {hint}
        </p>
      ) : null}
      {error ? (
        <p id={`${id}-error`} className="mt-1 text-sm text-loss">
          {error}
        </p>
      ) : null}
    </div>
  );
}
