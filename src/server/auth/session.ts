/** Who is behind a browser: the row of the session its cookie names. */
import { getServerSession } from "next-auth";
import { cache } from "react";
import { z } from "zod";
import { authOptions } from "./options";

const sessionUserSchema = z.object({
  id: z.string(),
  email: z.string(),
  name: z.string().nullable(),
  isOperator: z.boolean(),
});

/** A signed-in person. */
export type SessionUser = z.infer<typeof sessionUserSchema>;

/** The signed-in person of this request, null when there is none. Asked once per request, however many ask. */
export const sessionUser = cache(async (): Promise<SessionUser | null> => {
  const session = await getServerSession(await authOptions());
  return sessionUserSchema
    .nullable()
    .catch(null)
    .parse(session?.user ?? null);
});
