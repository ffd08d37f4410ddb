import "@fontsource-variable/inter/wght.css";
import "@fontsource-variable/source-serif-4/wght.css";
import "../globals.css";
import { headers } from "next/headers";
import type { ReactNode } from "react";
import { ThemeProvider } from "@/ui/theme";
import { ToastRegion } from "@/ui/toast";
import { inter, plexMono, sourceSerif } from "./fonts";

/**
 * The document around every page. Each audience has a root layout of its own on top of it, so that going from one to the
 * other loads a new document with that audience's content policy.
 */
export async function RootDocument({ head, children }: { head?: ReactNode; children: ReactNode }) {
  const nonce = (await headers()).get("x-nonce") ?? undefined;
  return (
    <html
      lang="en"
      suppressHydrationWarning
      className={`${inter.variable} ${sourceSerif.variable} ${plexMono.variable}`}
    >
      <head>{head}</head>
      <body>
        <ThemeProvider nonce={nonce}>
          <a
            href="#content"
            className="sr-only rounded-md bg-accent px-4 py-2 text-on-accent focus:not-sr-only focus:fixed focus:top-2 focus:left-2 focus:z-50"
          >
            Skip to the content
          </a>
          {children}
          <ToastRegion />
        </ThemeProvider>
      </body>
    </html>
  );
}
