/** `seed`: grows the demo data; safe to run again. */
import type { Command } from "commander";
import { createSandboxControl } from "@/stripe/sandbox-control";
import { growDemo } from "../demo/grow";
import { print, progress } from "../output";
import { sandboxUrlOrProblem, withContext } from "../runtime";

/** Declares the command. */
export function registerSeed(program: Command): void {
  program
    .command("seed")
    .description("Grow the demo: a few tenants with half a year of history (sandbox only)")
    .option("--json", "print what was grown as JSON")
    .action(async (_options: object, command: Command) => {
      const control = createSandboxControl(sandboxUrlOrProblem("The demo"));
      await withContext(async (ctx) => {
        const result = await growDemo(ctx, control, (sentence) => progress(command, sentence));
        print(command, result, [
          result.grown.length === 0 ? "The demo is complete." : `Grew ${result.grown.join(", ")}.`,
        ]);
      });
    });
}
