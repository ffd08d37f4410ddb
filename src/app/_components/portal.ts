/** The tenant a page is about, checked once per request. */
import { TRPCError } from "@trpc/server";
import { headers } from "next/headers";
import { notFound, redirect } from "next/navigation";
import { cache } from "react";
import { api } from "@/trpc/server";

/** The tenant behind a slug and what the signed-in person is to it. Strangers see "not found", visitors the sign-in page. */
export const portalOf = cache(async (slug: string) => {
  try {
    return await api.account.tenant({ tenant: slug });
  } catch (error) {
    if (error instanceof TRPCError && error.code === "UNAUTHORIZED") {
      const path = (await headers()).get("x-path") ?? `/t/${slug}`;
      redirect(`/sign-in?callbackUrl=${encodeURIComponent(path)}`);
    }
    if (error instanceof TRPCError && error.code === "NOT_FOUND") notFound();
    throw error;
  }
});

/** Whether a role may change what costs money. */
export function mayManage(role: Awaited<ReturnType<typeof portalOf>>["role"]): boolean {
  return role === "owner" || role === "admin";
}
