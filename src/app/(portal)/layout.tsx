import type { Metadata } from "next";
import type { ReactNode } from "react";
import { TrpcProvider } from "@/trpc/client";
import { RootDocument } from "../_components/root-document";

export const metadata: Metadata = { title: { default: "Portal", template: "%s · Quittance" } };

/** Every page depends on who asks and on the database; there is nothing to render at build time. */
export const dynamic = "force-dynamic";

export default function PortalLayout({ children }: { children: ReactNode }) {
  return (
    <RootDocument>
      <TrpcProvider>{children}</TrpcProvider>
    </RootDocument>
  );
}
