/** Operators: people who may read every tenant. Only somebody with access to the machine makes one; no page can. */
import { z } from "zod";
import type { Database } from "@/db/client";

const emailSchema = z.email();

/** Makes the person with this address an operator, whether they have signed in before or not; null when it is no address. */
export async function makeOperator(
  db: Database,
  person: { email: string; name: string | null },
): Promise<{ id: string; email: string; name: string | null } | null> {
  // Sign-in looks people up in lower case.
  const email = emailSchema.safeParse(person.email.trim().toLowerCase());
  if (!email.success) return null;
  const name = person.name === null ? {} : { name: person.name };
  return db.prisma.user.upsert({
    where: { email: email.data },
    create: { email: email.data, isOperator: true, ...name },
    update: { isOperator: true, ...name },
    select: { id: true, email: true, name: true },
  });
}
