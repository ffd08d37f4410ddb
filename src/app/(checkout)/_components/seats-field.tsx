"use client";
import { type ComponentProps, useEffect, useId, useState } from "react";

/** What a plan's seats cost and allow, in words made on the server. */
export interface SeatChoice {
  /** The fewest that can be had: those in the plan's price. */
  fewest: number;
  /** The most; null: without limit. */
  most: number | null;
  /** "5 included, then $20.00 per seat a month". */
  words: string;
}

/** How many seats, typed or stepped. What is out of range is brought back into it when the field is left. */
export function SeatsField({
  choice,
  value,
  disabled = false,
  onChange,
}: {
  choice: SeatChoice;
  value: number;
  disabled?: boolean;
  onChange: (seats: number) => void;
}) {
  const id = useId();
  const [text, setText] = useState(String(value));
  useEffect(() => setText(String(value)), [value]);
  const within = (seats: number) => Math.max(choice.fewest, Math.min(seats, choice.most ?? 1_000_000));
  const set = (seats: number) => onChange(within(seats));
  return (
    <div className="flex flex-wrap items-end justify-between gap-x-6 gap-y-2">
      <div className="min-w-0">
        <label htmlFor={id} className="block text-sm font-medium">
          Seats
        </label>
        <p id={`${id}-words`} className="text-sm text-quiet">
          {choice.words}
        </p>
      </div>
      <div className="flex">
        <Step
          name="One seat less"
          sign="−"
          className="rounded-l-md border-r-0"
          disabled={disabled || value <= choice.fewest}
          onClick={() => set(value - 1)}
        />
        <input
          id={id}
          type="text"
          inputMode="numeric"
          aria-describedby={`${id}-words`}
          className="tabular relative h-10 w-20 border border-edge bg-raised text-center text-base focus-visible:z-10"
          value={text}
          disabled={disabled}
          onChange={(event) => {
            const digits = event.target.value.replaceAll(/\D/g, "").slice(0, 7);
            setText(digits);
            const seats = Number(digits);
            if (digits !== "" && within(seats) === seats) onChange(seats);
          }}
          onBlur={() => {
            const seats = within(Number(text) || choice.fewest);
            setText(String(seats));
            if (seats !== value) onChange(seats);
          }}
        />
        <Step
          name="One seat more"
          sign="+"
          className="rounded-r-md border-l-0"
          disabled={disabled || (choice.most !== null && value >= choice.most)}
          onClick={() => set(value + 1)}
        />
      </div>
    </div>
  );
}

function Step({
  name,
  sign,
  className,
  ...button
}: { name: string; sign: string; className: string } & Pick<ComponentProps<"button">, "disabled" | "onClick">) {
  return (
    <button
      type="button"
      aria-label={name}
      className={`relative grid size-10 shrink-0 place-items-center focus-visible:z-10 border border-edge bg-raised text-lg disabled:opacity-40 ${className}`}
      {...button}
    >
      <span aria-hidden="true">{sign}</span>
    </button>
  );
}
