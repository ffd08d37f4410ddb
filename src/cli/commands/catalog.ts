/** `catalog apply`: makes the catalog file the catalog in force, here and at Stripe. */
import type { Command } from "commander";
import { applyCatalog, loadCatalogFile } from "@/billing/catalog";
import { print } from "../output";
import { withRuntime } from "../runtime";

/** Declares the command. */
export function registerCatalog(program: Command): void {
  const catalog = program.command("catalog").description("What is sold");
  catalog
    .command("apply")
    .description("Apply the catalog of CATALOG (or --file); applying twice changes nothing")
    .option("--file <preset or path>", "another catalog than the environment names")
    .option("--json", "print what changed as JSON")
    .action(async (options: { file?: string }, command: Command) => {
      await withRuntime(async (runtime, ctx) => {
        const applied = await applyCatalog(ctx, await loadCatalogFile(options.file ?? runtime.environment.catalog));
        print(command, applied, [
          applied.created.length === 0 && applied.archived.length === 0
            ? `The catalog is in force already (${applied.unchanged.length} plans).`
            : `Made ${applied.created.join(", ") || "nothing"}; archived ${applied.archived.join(", ") || "nothing"}.`,
        ]);
      });
    });
}
