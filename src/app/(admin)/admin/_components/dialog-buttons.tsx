"use client";
import { Button, type ButtonProps } from "@/ui/button";

/** The foot of a dialog: the way out, and the one button that does it. It stays in sight however long the dialog is. */
export function DialogButtons({
  onClose,
  isWorking,
  look = "primary",
  disabled = false,
  children,
}: {
  onClose: () => void;
  isWorking: boolean;
  look?: ButtonProps["look"];
  disabled?: boolean;
  /** What the button does, with the amount where it moves money. */
  children: string;
}) {
  return (
    <div className="sticky bottom-0 -mx-6 -mb-6 flex flex-wrap justify-end gap-3 border-t border-rule bg-raised px-6 py-4 sm:-mx-8 sm:-mb-8 sm:px-8">
      <Button onClick={onClose} disabled={isWorking} className="max-sm:w-full">
        Close
      </Button>
      <Button
        type="submit"
        look={look}
        className="max-sm:w-full max-sm:py-2 max-sm:whitespace-normal"
        busy={isWorking}
        disabled={disabled}
      >
        {isWorking ? "Working…" : children}
      </Button>
    </div>
  );
}
