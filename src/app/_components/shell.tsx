import Link from "next/link";
import type { ReactNode } from "react";
import { ThemeToggle } from "@/ui/theme";
import { Wordmark } from "@/ui/wordmark";
import { NavigationLink } from "./navigation-link";
import { SignOutButton } from "./sign-out-button";

export interface NavigationItem {
  href: string;
  text: string;
}

/**
 * The frame of signed-in pages: where you are on the left, the page on the right. On narrow screens the navigation folds
 * behind one button.
 */
export function Shell({
  label,
  switcher,
  items,
  email,
  banners,
  children,
}: {
  label: string;
  switcher: ReactNode;
  items: NavigationItem[];
  email: string;
  banners?: ReactNode;
  children: ReactNode;
}) {
  const links = (
    <ul className="grid gap-px">
      {items.map((item) => (
        <li key={item.href}>
          <NavigationLink href={item.href}>{item.text}</NavigationLink>
        </li>
      ))}
    </ul>
  );
  const foot = <Foot email={email} />;
  return (
    <div className="mx-auto max-w-[84rem] lg:grid lg:grid-cols-[15rem_minmax(0,1fr)]">
      <header className="sticky top-0 hidden h-dvh flex-col gap-6 px-6 py-6 lg:flex">
        <Link href="/" aria-label="Quittance, home">
          <Wordmark />
        </Link>
        {switcher}
        <nav aria-label={label} className="flex-1 overflow-y-auto">
          {links}
        </nav>
        {foot}
      </header>
      <header className="border-b border-rule px-4 sm:px-8 lg:hidden">
        <details className="group py-3">
          <summary className="flex items-center justify-between gap-4">
            <Wordmark />
            <span className="rounded-md border border-edge px-3 py-1 text-sm">
              <span className="group-open:hidden">Menu</span>
              <span className="hidden group-open:inline">Close</span>
            </span>
          </summary>
          <div className="grid grid-cols-[minmax(0,1fr)] gap-4 pt-4 pb-2">
            {switcher}
            <nav aria-label={label}>{links}</nav>
            {foot}
          </div>
        </details>
      </header>
      <div className="min-w-0 border-rule lg:min-h-dvh lg:border-l">
        {banners}
        <main id="content" className="px-4 py-8 sm:px-8 lg:px-12 lg:py-10">
          {children}
        </main>
      </div>
    </div>
  );
}

function Foot({ email }: { email: string }) {
  return (
    <div className="grid gap-3 border-t border-rule pt-4 text-sm">
      <p className="truncate text-quiet" title={email}>
        {email}
      </p>
      <div className="flex flex-wrap items-center justify-between gap-2">
        <SignOutButton />
        <ThemeToggle />
      </div>
    </div>
  );
}
