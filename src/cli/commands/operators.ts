/** `operators create`: somebody who may read every tenant, named by a person with access to the machine. */
import type { Command } from "commander";
import { makeOperator } from "@/server/auth/operators";
import { CommandProblem, print } from "../output";
import { withContext } from "../runtime";

/** Declares the command. */
export function registerOperators(program: Command): void {
  const operators = program.command("operators").description("The people who see revenue and every tenant");
  operators
    .command("create")
    .description("Make the person with this email an operator; they sign in by email link as everybody does")
    .requiredOption("--email <email>", "their address")
    .option("--name <name>", "their name")
    .option("--json", "print the operator as JSON")
    .action(async (options: { email: string; name?: string }, command: Command) => {
      await withContext(async (ctx) => {
        const operator = await makeOperator(ctx.db, { email: options.email, name: options.name ?? null });
        if (!operator) throw new CommandProblem(`${options.email} is not an email address.`);
        print(command, operator, [`${operator.email} is an operator and can sign in by email link.`]);
      });
    });
}
