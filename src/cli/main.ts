/** The command line: `npm run -s quittance -- <command>`. Each command file declares one command and calls one verb. */
import { Command } from "commander";
import { registerCatalog } from "./commands/catalog";
import { registerClock } from "./commands/clock";
import { registerDoctor } from "./commands/doctor";
import { registerKeys } from "./commands/keys";
import { registerMigrate } from "./commands/migrate";
import { registerOperators } from "./commands/operators";
import { registerSandbox } from "./commands/sandbox";
import { registerSeed } from "./commands/seed";
import { registerTenants } from "./commands/tenants";
import { fail } from "./output";

const program = new Command("quittance")
  .description("Billing and customer portal for a SaaS that charges through Stripe")
  .option("--json", "print one JSON value instead of sentences")
  .showHelpAfterError("Run `npm run -s quittance -- --help` for the commands.");

registerTenants(program);
registerKeys(program);
registerOperators(program);
registerCatalog(program);
registerSeed(program);
registerClock(program);
registerSandbox(program);
registerMigrate(program);
registerDoctor(program);

try {
  await program.parseAsync();
} catch (error) {
  fail(error, process.argv.includes("--json"));
}
