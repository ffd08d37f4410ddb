/** `clock advance`: moves the sandbox's time and waits until everything that fell due has been processed. */
import type { Command } from "commander";
import { createSandboxControl } from "@/stripe/sandbox-control";
import { walkClock } from "@/workers/walk-clock";
import { addDuration } from "../duration";
import { print, progress } from "../output";
import { sandboxUrlOrProblem, withContext } from "../runtime";

/** Declares the command. */
export function registerClock(program: Command): void {
  const clock = program.command("clock").description("The sandbox's time");
  clock
    .command("advance <duration...>")
    .description('Move time forward, for example "32d" or "1 month"')
    .option("--json", "print the new time as JSON")
    .action(async (words: string[], _options: object, command: Command) => {
      const control = createSandboxControl(sandboxUrlOrProblem("Moving the clock"));
      await withContext(async (ctx) => {
        const from = ctx.clock.now();
        const to = addDuration(from, words.join(" "));
        const walked = await walkClock(ctx, control, {
          clockId: null,
          to,
          onStep: (at) => progress(command, at.toISOString()),
        });
        print(command, { from: from.toISOString(), now: walked.now.toISOString(), steps: walked.steps }, [
          `It is now ${walked.now.toISOString()}; ${walked.steps} due moments were processed.`,
        ]);
      });
    });
}
