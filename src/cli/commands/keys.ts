/** `keys create|list|revoke`: an API key, printed once; which there are; and the end of one. */
import type { Command } from "commander";
import type { BillingContext } from "@/billing/context";
import {
  type ApiKeyView,
  createApiKey,
  listApiKeys,
  resolveTenant,
  revokeApiKey,
  type Tenant,
} from "@/billing/tenants";
import { CommandProblem, print } from "../output";
import { withContext } from "../runtime";
import { dayText, tableLines } from "../table";

interface Whose {
  tenant?: string;
  operator?: boolean;
}

/** Declares the commands. */
export function registerKeys(program: Command): void {
  const keys = program.command("keys").description("Keys for the REST API: make, list, revoke");
  registerCreate(keys);
  registerList(keys);
  registerRevoke(keys);
}

function registerCreate(keys: Command): void {
  keys
    .command("create")
    .description("Create a key; it is shown once and kept only as a hash")
    .option("--tenant <slug>", "a key that acts for this tenant alone")
    .option("--operator", "a key that acts for every tenant")
    .option("--name <name>", "what it is for", "made on the command line")
    .option("--json", 'print JSON with the field "key"')
    .action(async (options: Whose & { name: string }, command: Command) => {
      await withOwner(options, async (ctx, tenant) => {
        const { key, view } = await createApiKey(ctx, { tenantId: tenant?.id ?? null, name: options.name });
        print(command, { key, id: view.id, tenant: tenant?.slug ?? null, name: view.name }, [
          key,
          `This is the only time the key is shown. It acts for ${tenant ? tenant.name : "every tenant"}.`,
        ]);
      });
    });
}

function registerList(keys: Command): void {
  keys
    .command("list")
    .description("List keys, newest first, revoked ones too; of the key itself the first and last letters")
    .option("--tenant <slug>", "the keys of this tenant")
    .option("--operator", "the keys that act for every tenant")
    .option("--json", "print the keys as a JSON array")
    .action(async (options: Whose, command: Command) => {
      await withOwner(options, async (ctx, tenant) => {
        const views = await listApiKeys(ctx, tenant?.id ?? null);
        const result = views.map((view) => keyResult(view, tenant));
        print(command, result, views.length === 0 ? ["There are no keys."] : keyLines(views));
      });
    });
}

function registerRevoke(keys: Command): void {
  keys
    .command("revoke")
    .description("End a key at once; revoking it again changes nothing")
    .argument("<id>", "the key's id, as `keys list` shows it")
    .option("--tenant <slug>", "it is a key of this tenant")
    .option("--operator", "it is a key that acts for every tenant")
    .option("--json", "print the revoked key as JSON")
    .addHelpText("after", "\nExample:\n  keys revoke key_1a2b3c --tenant northlight")
    .action(async (keyId: string, options: Whose, command: Command) => {
      await withOwner(options, async (ctx, tenant) => {
        const view = await revokeApiKey(ctx, { tenantId: tenant?.id ?? null, keyId });
        print(command, keyResult(view, tenant), [
          `Revoked "${view.name}" (${view.display}). Calls with it are refused from now on.`,
        ]);
      });
    });
}

/** Runs for the tenant that was named, or for null: the operators' keys. */
async function withOwner(
  { operator, tenant: slug }: Whose,
  run: (ctx: BillingContext, tenant: Tenant | null) => Promise<void>,
): Promise<void> {
  if ((slug === undefined) === (operator !== true)) {
    throw new CommandProblem("Say whose key it is: --tenant <slug>, or --operator.");
  }
  await withContext(async (ctx) => run(ctx, slug === undefined ? null : await resolveTenant(ctx, slug)));
}

function keyResult({ createdAt, display, id, lastUsedAt, name, revokedAt }: ApiKeyView, tenant: Tenant | null) {
  return { id, name, display, tenant: tenant?.slug ?? null, createdAt, lastUsedAt, revokedAt };
}

function keyLines(views: readonly ApiKeyView[]): string[] {
  const rows = views.map(({ createdAt, display, id, lastUsedAt, name, revokedAt }) => [
    ...[id, name, display, dayText(createdAt)],
    ...[lastUsedAt ? dayText(lastUsedAt) : "never", revokedAt ? dayText(revokedAt) : "–"],
  ]);
  return tableLines(["Id", "Name", "Key", "Made", "Last used", "Revoked"], rows);
}
