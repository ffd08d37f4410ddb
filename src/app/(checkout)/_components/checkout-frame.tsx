import type { ReactNode } from "react";
import { Wordmark } from "@/ui/wordmark";

/** A page with one purpose: the way back above, nothing to wander off to. */
export function CheckoutFrame({
  backHref,
  backText,
  sandbox,
  children,
}: {
  backHref: string;
  backText: string;
  sandbox: boolean;
  children: ReactNode;
}) {
  return (
    <>
      <header className="border-b border-rule">
        <div className="mx-auto flex h-16 max-w-5xl items-center justify-between gap-4 px-4 sm:px-8">
          <Wordmark />
          <a href={backHref} className="link text-sm">
            {backText}
          </a>
        </div>
        {sandbox ? (
          <p className="border-t border-rule bg-sunken">
            <span className="mx-auto block max-w-5xl px-4 py-1.5 text-xs text-quiet sm:px-8">
              Sandbox: no money moves. 4242 4242 4242 4242 pays, 4000 0000 0000 0002 is declined, 4000 0025 0000 3155
              asks to confirm.
            </span>
          </p>
        ) : null}
      </header>
      <main id="content" className="mx-auto max-w-5xl px-4 py-10 sm:px-8 sm:py-14">
        {children}
      </main>
    </>
  );
}
