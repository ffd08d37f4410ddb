/** The people of the demo: users that exist so that a visitor can look around as one of them. Made by the demo alone. */
import type { Database } from "@/db/client";

/** A person of the demo. */
export interface DemoUser {
  email: string;
  name: string;
  isOperator: boolean;
}

/** Finds or makes the user and returns its id. */
export async function ensureDemoUser(db: Database, user: DemoUser): Promise<{ id: string }> {
  return db.prisma.user.upsert({ where: { email: user.email }, create: user, update: {}, select: { id: true } });
}
