/** `migrate`: brings the database to the schema of this version. */
import type { Command } from "commander";
import { openDatabase } from "@/db/client";
import { applyMigrations } from "@/db/migrate";
import { prepareQueue } from "@/workers/queue";
import { print } from "../output";
import { databaseUrlOrProblem } from "../runtime";

/** Declares the command. */
export function registerMigrate(program: Command): void {
  program
    .command("migrate")
    .description("Apply the migrations the database does not have yet")
    .option("--json", "print the applied migrations as JSON")
    .action(async (_options: object, command: Command) => {
      const url = databaseUrlOrProblem();
      const applied = await applyMigrations(url);
      const db = openDatabase(url, { connectionLimit: 2 });
      await prepareQueue(db).finally(() => db.close());
      print(command, { applied }, [
        applied.length === 0 ? "The database is up to date." : `Applied ${applied.join(", ")}.`,
      ]);
    });
}
