import type { ReactNode } from "react";

/** Nothing here yet: what it is, why, and what to do next. */
export function EmptyState({ title, children, action }: { title: string; children?: ReactNode; action?: ReactNode }) {
  return (
    <div className="border-y border-rule py-10">
      <p className="font-serif text-lg">{title}</p>
      {children ? <div className="mt-1 max-w-prose text-quiet">{children}</div> : null}
      {action ? <div className="mt-4">{action}</div> : null}
    </div>
  );
}

/** What failed, in words, with the number to quote and a way to try again. One failed region never blanks the page. */
export function ErrorState({
  title,
  message,
  requestId,
  retry,
}: {
  title: string;
  message: string;
  requestId?: string | null;
  retry?: ReactNode;
}) {
  return (
    <div role="alert" className="border-l-2 border-loss bg-loss-wash px-4 py-3">
      <p className="font-medium">{title}</p>
      <p className="mt-0.5 text-sm">{message}</p>
      {requestId ? (
        <p className="mt-1 text-xs text-quiet">
          Request <code className="font-mono select-all">{requestId}</code>
        </p>
      ) : null}
      {retry ? <div className="mt-3">{retry}</div> : null}
    </div>
  );
}

/** Grey lines in the place of text that is on its way; announced once, politely. */
export function Skeleton({ lines = 3, label = "Loading" }: { lines?: number; label?: string }) {
  return (
    <div role="status" aria-label={label} className="grid gap-4">
      {Array.from({ length: lines }, (_, line) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: lines are alike and never move
        <div key={line} className={`skeleton h-4 ${line % 3 === 2 ? "w-2/3" : "w-full"}`} />
      ))}
    </div>
  );
}

/** A table that is on its way, in its final size. */
export function TableSkeleton({ rows = 6, label = "Loading" }: { rows?: number; label?: string }) {
  return (
    <div role="status" aria-label={label}>
      <div className="border-b border-ink/70 py-2">
        <div className="skeleton h-4 w-1/3" />
      </div>
      {Array.from({ length: rows }, (_, row) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: rows are alike and never move
        <div key={row} className="border-b border-rule py-2.5">
          <div className="skeleton h-5 w-full" />
        </div>
      ))}
    </div>
  );
}
