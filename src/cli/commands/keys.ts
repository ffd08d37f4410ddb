/** `keys create`: an API key, printed once. */
import type { Command } from "commander";
import { createApiKey, resolveTenant } from "@/billing/tenants";
import { CommandProblem, print } from "../output";
import { withContext } from "../runtime";

/** Declares the command. */
export function registerKeys(program: Command): void {
  const keys = program.command("keys").description("Keys for the REST API");
  keys
    .command("create")
    .description("Create a key; it is shown once and kept only as a hash")
    .option("--tenant <slug>", "a key that acts for this tenant alone")
    .option("--operator", "a key that acts for every tenant")
    .option("--name <name>", "what it is for", "made on the command line")
    .option("--json", 'print JSON with the field "key"')
    .action(async (options: { tenant?: string; operator?: boolean; name: string }, command: Command) => {
      if ((options.tenant === undefined) === (options.operator !== true)) {
        throw new CommandProblem("Say whose key it is: --tenant <slug>, or --operator.");
      }
      await withContext(async (ctx) => {
        const tenant = options.tenant === undefined ? null : await resolveTenant(ctx, options.tenant);
        const { key, view } = await createApiKey(ctx, { tenantId: tenant?.id ?? null, name: options.name });
        print(command, { key, id: view.id, tenant: tenant?.slug ?? null, name: view.name }, [
          key,
          `This is the only time the key is shown. It acts for ${tenant ? tenant.name : "every tenant"}.`,
        ]);
      });
    });
}
