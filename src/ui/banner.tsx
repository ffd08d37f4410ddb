import type { ReactNode } from "react";

const TONES = {
  loss: "border-loss bg-loss-wash",
  risk: "border-risk-fill bg-risk-wash",
  calm: "border-rule bg-sunken",
} as const;

/** One sentence across the page with at most one action; amber and red only when money is at risk. */
export function Banner({
  tone,
  children,
  action,
}: {
  tone: keyof typeof TONES;
  children: ReactNode;
  action?: ReactNode;
}) {
  return (
    <div
      className={`flex flex-wrap items-center justify-between gap-x-6 gap-y-2 border-l-2 sm:flex-nowrap px-4 py-2 text-sm sm:px-8 lg:px-12 ${TONES[tone]}`}
    >
      <p className="min-w-0">{children}</p>
      {action ? <div className="shrink-0">{action}</div> : null}
    </div>
  );
}
