import type { ReactNode } from "react";
import { TrpcProvider } from "@/trpc/client";

/** What operators do to a tenant is done in the browser. */
export default function TenantAdminLayout({ children }: { children: ReactNode }) {
  return <TrpcProvider>{children}</TrpcProvider>;
}
