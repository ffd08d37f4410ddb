/**
 * next-auth with sessions in the database, so that they can be listed and ended, and sign-in by a link that is mailed.
 * Mail goes through the same outbox as every other mail: in sandbox mode it stays there and the mailbox page shows it.
 */
import { createHash } from "node:crypto";
import { PrismaAdapter } from "@next-auth/prisma-adapter";
import type { NextAuthOptions } from "next-auth";
import EmailProvider from "next-auth/providers/email";
import { z } from "zod";
import { queueMail } from "@/billing/notifications";
import { env } from "@/env";
import { getRuntime } from "../api/runtime";
import { signInMail } from "./sign-in-mail";

/** How long a session lives, and how often its end moves while it is used. */
export const SESSION_SECONDS = 7 * 86_400;
const SESSION_UPDATE_SECONDS = 86_400;
const LINK_SECONDS = 20 * 60;

const userRow = z.object({ id: z.string(), email: z.string(), isOperator: z.boolean().default(false) });

let options: Promise<NextAuthOptions> | null = null;

/** The settings of next-auth. */
export function authOptions(): Promise<NextAuthOptions> {
  options ??= makeOptions();
  return options;
}

/** Name of the cookie that holds the session's token. */
export function sessionCookieName(): string {
  return `${usesHttps() ? "__Secure-" : ""}next-auth.session-token`;
}

/** Whether people reach us by https, so that cookies may be bound to it. */
export function usesHttps(): boolean {
  return env().publicUrl.startsWith("https:");
}

async function makeOptions(): Promise<NextAuthOptions> {
  const { db, log } = await getRuntime();
  return {
    // The adapter is written for a client in node_modules; ours is generated into the source and has the same models.
    adapter: PrismaAdapter(db.prisma as unknown as Parameters<typeof PrismaAdapter>[0]),
    secret: env().sessionSecret ?? undefined,
    useSecureCookies: usesHttps(),
    session: { strategy: "database", maxAge: SESSION_SECONDS, updateAge: SESSION_UPDATE_SECONDS },
    pages: { signIn: "/sign-in", signOut: "/", error: "/sign-in", verifyRequest: "/sign-in/sent" },
    providers: [
      EmailProvider({
        from: env().mailFrom,
        maxAge: LINK_SECONDS,
        sendVerificationRequest: async ({ identifier, url }) => {
          const link = onOurAddress(url);
          await queueMail(db.prisma, {
            kind: "sign_in_link",
            recipient: identifier,
            recipientTenantId: null,
            dedupeKey: `sign-in:${createHash("sha256").update(link).digest("hex")}`,
            ...signInMail({ link, host: new URL(env().publicUrl).host, minutes: LINK_SECONDS / 60 }),
          });
        },
      }),
    ],
    callbacks: {
      session: ({ session, user }) => {
        const { id, email, isOperator } = userRow.parse(user);
        return { ...session, user: { id, email, name: user.name ?? null, isOperator } };
      },
    },
    logger: {
      error: (code, metadata) => log.error({ code, err: metadata }, "Sign-in broke"),
      warn: (code) => log.debug({ code }, "next-auth warns"),
      debug: () => {},
    },
  };
}

/** The same link on the address people reach us by, whatever host a proxy in between named. */
function onOurAddress(url: string): string {
  const link = new URL(url);
  return new URL(`${link.pathname}${link.search}`, env().publicUrl).href;
}
