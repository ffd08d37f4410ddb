import { type ComponentProps, type ReactNode, useId } from "react";

const control =
  "h-10 w-full rounded-md border border-edge bg-raised px-3 text-base text-ink placeholder:text-quiet max-sm:text-[1rem] " +
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
      <div className="relative">
        <select
          id={id}
          className={`${control} appearance-none truncate pr-9`}
          aria-invalid={error ? true : undefined}
          aria-describedby={described || undefined}
          {...select}
        >
          {children}
        </select>
        <svg
          aria-hidden="true"
          viewBox="0 0 16 16"
          className="pointer-events-none absolute top-3 right-3 size-4 text-quiet"
          fill="none"
          stroke="currentColor"
          strokeWidth="1.5"
        >
          <path d="m4 6.5 4 4 4-4" strokeLinecap="round" strokeLinejoin="round" />
        </svg>
      </div>
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
