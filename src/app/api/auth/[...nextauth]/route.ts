/** Sign-in, sign-out and the session, as next-auth serves them. */
import NextAuth from "next-auth";
import { authOptions } from "@/server/auth/options";

type Parameters = { params: Promise<{ nextauth: string[] }> };

async function handle(request: Request, context: Parameters): Promise<Response> {
  return NextAuth(request as never, context as never, await authOptions());
}

export { handle as GET, handle as POST };
