"use client";
import Link from "next/link";
import { usePathname } from "next/navigation";

/** A link that knows whether it is where we are. */
export function NavigationLink({ href, children }: { href: string; children: string }) {
  const path = usePathname();
  const isRoot = /^\/(?:t\/[^/]+|admin)$/.test(href);
  const here = isRoot ? path === href : path === href || path.startsWith(`${href}/`);
  return (
    <Link
      href={href}
      aria-current={here ? "page" : undefined}
      className="block border-l-2 border-transparent py-1.5 pl-3 text-sm text-quiet hover:text-ink aria-[current]:border-accent aria-[current]:font-medium aria-[current]:text-ink"
    >
      {children}
    </Link>
  );
}
