/** Reads of people for the operator's pages. */
import type { DatabaseTransaction } from "@/db/transaction";
import type { MemberView } from "./model-profile";

/** The people of a tenant, those who may do most first. */
export async function loadMembers(tx: DatabaseTransaction, tenantId: string): Promise<MemberView[]> {
  const rows = await tx.membership.findMany({
    where: { tenantId },
    select: { userId: true, role: true, createdAt: true, user: { select: { name: true, email: true } } },
    orderBy: [{ role: "asc" }, { createdAt: "asc" }],
  });
  return rows.map(({ user, createdAt: since, ...row }) => ({ ...row, ...user, since }));
}

/** The e-mail addresses of these people, by id. */
export async function loadEmails(tx: DatabaseTransaction, userIds: readonly string[]): Promise<Map<string, string>> {
  const rows = await tx.user.findMany({ where: { id: { in: [...userIds] } }, select: { id: true, email: true } });
  return new Map(rows.map(({ id, email }) => [id, email]));
}

/** The names of these API keys, by id. */
export async function loadKeyNames(tx: DatabaseTransaction, keyIds: readonly string[]): Promise<Map<string, string>> {
  const rows = await tx.apiKey.findMany({ where: { id: { in: [...keyIds] } }, select: { id: true, name: true } });
  return new Map(rows.map(({ id, name }) => [id, name]));
}
