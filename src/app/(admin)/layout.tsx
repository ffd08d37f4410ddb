import type { Metadata } from "next";
import type { ReactNode } from "react";
import { RootDocument } from "../_components/root-document";

export const metadata: Metadata = {
  title: { default: "Operator", template: "%s · Operator" },
  robots: { index: false },
};

/** Every page depends on who asks and on the database; there is nothing to render at build time. */
export const dynamic = "force-dynamic";

export default function AdminRootLayout({ children }: { children: ReactNode }) {
  return <RootDocument>{children}</RootDocument>;
}
