import type { Metadata } from "next";
import Link from "next/link";
import type { ReactNode } from "react";
import { sessionUser } from "@/server/auth/session";
import { ButtonLink } from "@/ui/button";
import { ThemeToggle } from "@/ui/theme";
import { Wordmark } from "@/ui/wordmark";
import { RootDocument } from "../_components/root-document";

export const metadata: Metadata = {
  title: { default: "Quittance", template: "%s · Quittance" },
  description: "Plans, usage, invoices and payments, set out plainly.",
};

/** Every page depends on who asks and on the database; there is nothing to render at build time. */
export const dynamic = "force-dynamic";

export default async function SiteLayout({ children }: { children: ReactNode }) {
  const user = await sessionUser();
  return (
    <RootDocument>
      <div className="flex min-h-dvh flex-col">
        <header className="border-b border-rule">
          <div className="mx-auto flex h-16 max-w-6xl items-center justify-between gap-4 px-4 sm:px-8">
            <Link href="/" aria-label="Quittance, home">
              <Wordmark />
            </Link>
            <nav aria-label="Site" className="flex items-center gap-1 sm:gap-2">
              <Link href="/pricing" className="px-3 py-2 text-sm hover:text-accent">
                Pricing
              </Link>
              {user ? (
                <ButtonLink href="/start" size="small" look="primary">
                  Open the portal
                </ButtonLink>
              ) : (
                <>
                  <Link href="/sign-in" className="px-3 py-2 text-sm hover:text-accent">
                    Sign in
                  </Link>
                  <ButtonLink href="/sign-up" size="small" look="primary">
                    Sign up
                  </ButtonLink>
                </>
              )}
            </nav>
          </div>
        </header>
        <main id="content" className="mx-auto w-full max-w-6xl flex-1 px-4 py-10 sm:px-8 sm:py-14">
          {children}
        </main>
        <footer className="border-t border-rule">
          <div className="mx-auto flex max-w-6xl flex-wrap items-center justify-between gap-4 px-4 py-6 text-sm text-quiet sm:px-8">
            <p>Card details go to Stripe and never reach this server.</p>
            <ThemeToggle />
          </div>
        </footer>
      </div>
    </RootDocument>
  );
}
