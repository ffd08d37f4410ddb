import { cva, type VariantProps } from "class-variance-authority";
import Link from "next/link";
import type { ComponentProps, ReactNode } from "react";

const looks = cva(
  [
    "inline-flex items-center justify-center gap-2 rounded-md font-medium select-none",
    "transition-colors duration-150 disabled:opacity-55 aria-disabled:opacity-55",
  ],
  {
    variants: {
      look: {
        primary: "bg-accent text-on-accent enabled:hover:bg-accent-strong [a&]:hover:bg-accent-strong",
        secondary: "border border-edge bg-raised text-ink enabled:hover:border-ink [a&]:hover:border-ink",
        quiet: "text-accent enabled:hover:bg-accent-wash [a&]:hover:bg-accent-wash",
        danger: "border border-loss text-loss bg-raised enabled:hover:bg-loss-wash",
      },
      size: {
        small: "min-h-8 px-3 text-sm",
        medium: "min-h-10 px-4 text-base",
        large: "min-h-12 px-6 text-base",
      },
      // What fills its column wraps there, however long a name in it is.
      wide: { true: "w-full py-1 text-center", false: "whitespace-nowrap" },
    },
    defaultVariants: { look: "secondary", size: "medium", wide: false },
  },
);

type Looks = VariantProps<typeof looks>;

export interface ButtonProps extends ComponentProps<"button">, Looks {
  /** Shows that the click is being carried out; the button stays focusable and cannot be pressed again. */
  busy?: boolean;
}

/** A button. While `busy` it keeps its width and its focus, and ignores further clicks. */
export function Button({ look, size, wide, busy = false, className = "", children, onClick, ...rest }: ButtonProps) {
  return (
    <button
      type="button"
      {...rest}
      aria-disabled={busy || undefined}
      onClick={busy ? (event) => event.preventDefault() : onClick}
      className={`${looks({ look, size, wide })} ${className}`}
    >
      {busy ? <Spinner /> : null}
      {children}
    </button>
  );
}

/** A link that looks like a button; `hard` loads a new document, for pages with a content policy of their own. */
export function ButtonLink({
  look,
  size,
  wide,
  hard = false,
  className = "",
  href,
  children,
  ...rest
}: Looks & { hard?: boolean; href: string; className?: string; children: ReactNode } & Omit<
    ComponentProps<"a">,
    "href"
  >) {
  const classes = `${looks({ look, size, wide })} ${className}`;
  if (hard) {
    return (
      <a href={href} className={classes} {...rest}>
        {children}
      </a>
    );
  }
  return (
    <Link href={href} className={classes} {...rest}>
      {children}
    </Link>
  );
}

/** A small turning ring; says nothing by itself, the text beside it does. */
export function Spinner() {
  return (
    <svg aria-hidden="true" viewBox="0 0 16 16" className="size-4 shrink-0 animate-spin">
      <circle cx="8" cy="8" r="6.25" fill="none" stroke="currentColor" strokeOpacity="0.25" strokeWidth="2" />
      <path
        d="M14.25 8A6.25 6.25 0 0 0 8 1.75"
        fill="none"
        stroke="currentColor"
        strokeWidth="2"
        strokeLinecap="round"
      />
    </svg>
  );
}
