/** The name of the program with its mark: a line drawn under a settled account. */
export function Wordmark({ name = "Quittance" }: { name?: string }) {
  return (
    <span className="inline-flex items-center gap-2">
      <svg aria-hidden="true" viewBox="0 0 20 20" className="size-5 shrink-0">
        <path d="M3 4.5h14M3 9h9" fill="none" className="stroke-ink" strokeWidth="1.6" strokeLinecap="round" />
        <path d="M3 14.2h14M3 17h14" fill="none" className="stroke-accent" strokeWidth="1.6" strokeLinecap="round" />
      </svg>
      <span className="font-serif text-lg font-semibold tracking-[-0.01em]">{name}</span>
    </span>
  );
}
