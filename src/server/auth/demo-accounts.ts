/**
 * The accounts of the demo, and signing in to one with a click. Only sandbox mode offers this; the route that calls it
 * answers 404 otherwise.
 */
import { randomBytes } from "node:crypto";
import type { Database } from "@/db/client";
import { getRuntime } from "../api/runtime";
import { SESSION_SECONDS } from "./options";

const DEMO_DOMAIN = "@demo.quittance.local";

/** An account anybody may try. */
export interface DemoAccount {
  email: string;
  name: string;
  isOperator: boolean;
  /** The organisation it owns; null for the operator. */
  tenantName: string | null;
}

/** Every demo account, the operator first. */
export async function listDemoAccounts(db: Database): Promise<DemoAccount[]> {
  const users = await db.prisma.user.findMany({
    where: { email: { endsWith: DEMO_DOMAIN } },
    include: { memberships: { include: { tenant: true }, orderBy: { createdAt: "asc" }, take: 1 } },
    orderBy: [{ isOperator: "desc" }, { createdAt: "asc" }],
  });
  return users.map((user) => ({
    email: user.email,
    name: user.name ?? user.email.slice(0, -DEMO_DOMAIN.length),
    isOperator: user.isOperator,
    tenantName: user.memberships[0]?.tenant.name ?? null,
  }));
}

/** Opens a session for a demo account; null when the e-mail is not one of them. */
export async function openDemoSession(email: string): Promise<{ token: string; expiresAt: Date } | null> {
  if (!email.endsWith(DEMO_DOMAIN)) return null;
  const { db } = await getRuntime();
  const user = await db.prisma.user.findUnique({ where: { email } });
  if (!user) return null;
  const token = randomBytes(32).toString("base64url");
  // Sessions live by the machine's time, as next-auth's do, whatever the sandbox's clock says.
  const [now] = await db.prisma.$queryRaw<Array<{ now: Date }>>`select now() as now`;
  const expiresAt = new Date((now?.now ?? user.createdAt).getTime() + SESSION_SECONDS * 1000);
  await db.prisma.session.create({ data: { sessionToken: token, userId: user.id, expires: expiresAt } });
  return { token, expiresAt };
}
