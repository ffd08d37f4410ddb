/** `migrate`: brings the database to the schema of this version. */
import type { Command } from "commander";
import { applyMigrations } from "@/db/migrate";
import { print } from "../output";
import { databaseUrlOrProblem } from "../runtime";

/** Declares the command. */
export function registerMigrate(program: Command): void {
  program
    .command("migrate")
    .description("Apply the migrations the database does not have yet")
    .option("--json", "print the applied migrations as JSON")
    .action(async (_options: object, command: Command) => {
      const applied = await applyMigrations(databaseUrlOrProblem());
      print(command, { applied }, [
        applied.length === 0 ? "The database is up to date." : `Applied ${applied.join(", ")}.`,
      ]);
    });
}
