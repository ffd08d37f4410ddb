"use client";
import { type ReactNode, useId, useLayoutEffect, useRef } from "react";

/**
 * A modal on the browser's own dialog: focus stays inside, Escape closes, focus returns to what opened it. It begins at the
 * title, so that a screen reader says what this is and no button is pressed by who presses Enter twice. While `locked` (a
 * payment is under way) it cannot be dismissed.
 */
export function Dialog({
  open,
  onClose,
  title,
  children,
  locked = false,
}: {
  open: boolean;
  onClose: () => void;
  title: string;
  children: ReactNode;
  locked?: boolean;
}) {
  const element = useRef<HTMLDialogElement>(null);
  const heading = useRef<HTMLHeadingElement>(null);
  const titleId = useId();
  // Closed before it leaves the page, also when its parent just stops showing it: only then does the focus return.
  useLayoutEffect(() => {
    const dialog = element.current;
    if (!dialog || !open) return;
    dialog.showModal();
    heading.current?.focus();
    return () => dialog.close();
  }, [open]);
  return (
    <dialog
      ref={element}
      aria-labelledby={titleId}
      onCancel={(event) => {
        event.preventDefault();
        if (!locked) onClose();
      }}
      className="m-auto max-h-[90dvh] w-[min(34rem,calc(100vw-2rem))] overflow-y-auto rounded-lg border border-rule bg-raised p-0 text-left text-ink"
    >
      {open ? (
        <div className="p-6 sm:p-8">
          <div className="mb-4 flex items-start justify-between gap-4">
            <h2 ref={heading} id={titleId} tabIndex={-1} className="font-serif text-xl font-medium outline-none">
              {title}
            </h2>
            <button
              type="button"
              aria-label="Close"
              disabled={locked}
              onClick={onClose}
              className="-m-1 grid size-8 place-items-center rounded-md text-quiet hover:text-ink disabled:opacity-40"
            >
              <svg aria-hidden="true" viewBox="0 0 16 16" className="size-4" stroke="currentColor" strokeWidth="1.5">
                <path d="m3 3 10 10M13 3 3 13" strokeLinecap="round" />
              </svg>
            </button>
          </div>
          {children}
        </div>
      ) : null}
    </dialog>
  );
}
