import type { ReactNode } from "react";
import { TrpcProvider } from "@/trpc/client";

/** Codes are made and taken out of use in the browser. */
export default function PromotionsLayout({ children }: { children: ReactNode }) {
  return <TrpcProvider>{children}</TrpcProvider>;
}
