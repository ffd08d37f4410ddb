import type { ReactNode } from "react";
import { TrpcProvider } from "@/trpc/client";

/** Collecting and stopping happen in the browser. */
export default function DunningCaseLayout({ children }: { children: ReactNode }) {
  return <TrpcProvider>{children}</TrpcProvider>;
}
