/** Opens what a command needs and closes it again: the same runtime as the servers, as the actor "system:cli". */
import type { BillingContext } from "@/billing/context";
import { type Environment, env } from "@/env";
import { createRuntime, type Runtime } from "@/server/context";
import { CommandProblem } from "./output";

/** The address of the database: DATABASE_URL, or that of the installation running from the same data directory. */
export function databaseUrlOrProblem(): string {
  const { databaseUrl, dataDir } = env();
  if (databaseUrl !== null) return databaseUrl;
  throw new CommandProblem(
    `No database: nothing runs from ${dataDir} and DATABASE_URL is not set. Start Quittance with \`npm start\` in another terminal, or set DATABASE_URL.`,
  );
}

/** Runs a command with an open runtime and a context of the system's own. */
export async function withRuntime<T>(
  run: (runtime: Runtime & { environment: Environment }, ctx: BillingContext) => Promise<T>,
): Promise<T> {
  databaseUrlOrProblem();
  const runtime = await createRuntime(env());
  try {
    return await run({ ...runtime, environment: env() }, runtime.contextFor({ kind: "system", part: "cli" }));
  } finally {
    await runtime.close();
  }
}

/** Like withRuntime, for commands that need only the context. */
export function withContext<T>(run: (ctx: BillingContext) => Promise<T>): Promise<T> {
  return withRuntime((_runtime, ctx) => run(ctx));
}

/** Refuses a command that moves time or fakes payments when the real Stripe is used. */
export function sandboxUrlOrProblem(what: string): string {
  const { stripe } = env();
  if (stripe.apiUrl !== null) return stripe.apiUrl;
  throw new CommandProblem(`${what} works with the sandbox only; this installation uses the real Stripe.`);
}
