import type { Metadata } from "next";
import type { ReactNode } from "react";
import { RootDocument } from "../_components/root-document";

export const metadata: Metadata = {
  title: { default: "Operator", template: "%s · Operator" },
  robots: { index: false },
};

export default function AdminRootLayout({ children }: { children: ReactNode }) {
  return <RootDocument>{children}</RootDocument>;
}
