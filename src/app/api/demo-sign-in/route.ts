/** One click into a demo account. Exists only in sandbox mode; takes only a form of our own pages. */
import { cookies } from "next/headers";
import { env } from "@/env";
import { openDemoSession } from "@/server/auth/demo-accounts";
import { sessionCookieName, usesHttps } from "@/server/auth/options";
import { isSameOrigin } from "@/server/auth/same-origin";

export async function POST(request: Request): Promise<Response> {
  if (env().mode !== "sandbox") return new Response("Not found", { status: 404 });
  if (!isSameOrigin(request.headers, env().publicUrl)) return new Response("Forbidden", { status: 403 });
  const email = (await request.formData()).get("email");
  const session = typeof email === "string" ? await openDemoSession(email) : null;
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
