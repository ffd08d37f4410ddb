/**
 * The pages with Stripe's fields, or its question of a bank. A root layout of their own: coming here always loads a new document, so that only these
 * pages have Stripe in their content policy, and so that the sandbox's stand-in runs before anything asks for Stripe.
 */
import type { Metadata } from "next";
import { headers } from "next/headers";
import type { ReactNode } from "react";
import { env } from "@/env";
import { TrpcProvider } from "@/trpc/client";
import { RootDocument } from "../_components/root-document";

export const metadata: Metadata = { title: { default: "Checkout", template: "%s · Quittance" } };

/** Every page depends on who asks and on the database; there is nothing to render at build time. */
export const dynamic = "force-dynamic";

export default async function CheckoutLayout({ children }: { children: ReactNode }) {
  const nonce = (await headers()).get("x-nonce") ?? undefined;
  const sandbox = env().stripe.apiUrl;
  // Blocking on purpose: the official loader takes window.Stripe as it finds it and loads nothing from elsewhere.
  const standIn = sandbox ? <script src={`${sandbox}/stripe.js`} nonce={nonce} suppressHydrationWarning /> : null;
  return (
    <RootDocument head={standIn}>
      <TrpcProvider>{children}</TrpcProvider>
    </RootDocument>
  );
}
