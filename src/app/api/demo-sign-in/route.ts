/** One click into a demo account. Exists only in sandbox mode; takes only a form of our own pages. */
import { cookies } from "next/headers";
import { env } from "@/env";
import { getRuntime } from "@/server/api/runtime";
import { isSameOrigin } from "@/server/api/same-origin";
import { openDemoSession } from "@/server/auth/demo-accounts";
import { SESSION_SECONDS, sessionCookieName, usesHttps } from "@/server/auth/options";

export async function POST(request: Request): Promise<Response> {
  const { db, mode } = await getRuntime();
  if (mode !== "sandbox") return new Response("Not found", { status: 404 });
  if (!isSameOrigin(request.headers, env().publicUrl)) return new Response("Forbidden", { status: 403 });
  const email = (await request.formData()).get("email");
  const session = typeof email === "string" ? await openDemoSession(db, email, SESSION_SECONDS) : null;
  if (!session) return redirectTo("/sign-in?error=DemoAccount");
  (await cookies()).set(sessionCookieName(), session.token, {
    httpOnly: true,
    sameSite: "lax",
    path: "/",
    secure: usesHttps(),
    expires: session.expiresAt,
  });
  return redirectTo("/start");
}

function redirectTo(path: string): Response {
  return new Response(null, { status: 303, headers: { Location: path, "Cache-Control": "no-store" } });
}
