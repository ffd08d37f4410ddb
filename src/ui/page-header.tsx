import type { ReactNode } from "react";

/** The head of a page: its one title, a sentence, and at most one action. */
export function PageHeader({
  title,
  children,
  action,
  back,
}: {
  title: ReactNode;
  children?: ReactNode;
  action?: ReactNode;
  back?: ReactNode;
}) {
  return (
    <header className="mb-8 flex flex-wrap items-end justify-between gap-x-8 gap-y-4">
      <div className="min-w-0">
        {back ? <div className="mb-1 text-sm">{back}</div> : null}
        <h1 tabIndex={-1} className="font-serif text-2xl font-medium tracking-[-0.01em] break-words outline-none">
          {title}
        </h1>
        {children ? <div className="mt-1 max-w-prose text-quiet">{children}</div> : null}
      </div>
      {action ? <div className="flex flex-wrap gap-2">{action}</div> : null}
    </header>
  );
}

/** A region of a page under a hairline: heading on the left, at most one link on the right. */
export function Section({
  title,
  aside,
  children,
  className = "",
}: {
  title: string;
  aside?: ReactNode;
  children: ReactNode;
  className?: string;
}) {
  const id = `region-${title.toLowerCase().replaceAll(/[^a-z0-9]+/g, "-")}`;
  return (
    <section aria-labelledby={id} className={`border-t border-rule pt-4 ${className}`}>
      <div className="mb-4 flex flex-wrap items-baseline justify-between gap-x-4 gap-y-1">
        <h2 id={id} className="text-base font-semibold">
          {title}
        </h2>
        {aside ? <div className="text-sm">{aside}</div> : null}
      </div>
      {children}
    </section>
  );
}

/** Names and values in two columns, as on a statement. */
export function Facts({ items }: { items: Array<{ name: string; value: ReactNode }> }) {
  return (
    <dl className="grid gap-y-2 text-sm">
      {items.map((item) => (
        <div key={item.name} className="flex flex-wrap justify-between gap-x-6">
          <dt className="text-quiet">{item.name}</dt>
          <dd className="min-w-0 text-right break-words">{item.value}</dd>
        </div>
      ))}
    </dl>
  );
}
