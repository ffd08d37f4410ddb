/** Founds an organisation: by itself when the person just signed up with its name, otherwise after asking for one. */
import type { Metadata } from "next";
import { redirect } from "next/navigation";
import { TrpcProvider } from "@/trpc/client";
import { api } from "@/trpc/server";
import { PageHeader } from "@/ui/page-header";
import { OpenOrganisation } from "./_components/open-organisation";

export const metadata: Metadata = { title: "Your organisation" };

export default async function Welcome({ searchParams }: { searchParams: Promise<{ organisation?: string }> }) {
  const { organisation = "" } = await searchParams;
  const account = await api.account.current();
  if (!account) redirect("/sign-in");
  const isFirst = account.memberships.length === 0;
  if (!isFirst && organisation) redirect("/start");
  return (
    <div className="mx-auto max-w-md">
      <PageHeader title="Your organisation">It starts on the free plan and you are its owner.</PageHeader>
      <TrpcProvider>
        <OpenOrganisation name={organisation.slice(0, 120)} atOnce={isFirst && organisation.trim() !== ""} />
      </TrpcProvider>
    </div>
  );
}
