/** `catalog diff|apply|migrate`: what is sold, from the file to the database, to Stripe, and to those who pay already. */
import { type Command, Option } from "commander";
import { applyCatalog, loadCatalogFile } from "@/billing/catalog";
import {
  adoptTaxRate,
  type MigrationInput,
  migrateVersions,
  previewCatalog,
  previewMigration,
} from "@/billing/subscriptions";
import { CommandProblem, print, progress } from "../output";
import { withContext, withRuntime } from "../runtime";
import { appliedLines, differenceLines, migrationLines, stepLines, taxedLines } from "./catalog-words";

const FILE = "another catalog than CATALOG names: a preset (dnalang, daur) or a path to a .ts, .mts, .js or .json file";

/** Not 1: that is for a comparison that failed. */
const EXIT_DIFFERENT = 2;

/** Declares the commands. */
export function registerCatalog(program: Command): void {
  const catalog = program
    .command("catalog")
    .description("What is sold: compare, apply, migrate")
    .addHelpText(
      "after",
      `
A catalog is a file. A change of it takes three steps:
  catalog diff       what would change here and at Stripe, and whom it concerns
  catalog apply      new terms become new plan versions; who is on an older one stays there
  catalog migrate    moves them, with a preview for each tenant

Versions are immutable. They are "draft" (operators only), "active" (sold) or "archived" (kept by who has them).`,
    );
  registerDiff(catalog);
  registerApply(catalog);
  registerMigrate(catalog);
}

function registerDiff(catalog: Command): void {
  catalog
    .command("diff")
    .description("Show what applying the catalog would change, and change nothing")
    .option("--file <preset or path>", FILE)
    .option("--exit-code", `end with code ${EXIT_DIFFERENT} when something would change`)
    .option("--json", "print the whole difference as JSON")
    .addHelpText(
      "after",
      `
Exit codes: 0 when it was compared, 1 when it could not be; with --exit-code 0 when nothing would change,
${EXIT_DIFFERENT} when something would.

Examples:
  catalog diff --file ./catalog.ts
  catalog diff --exit-code                in a pipeline: is what is in force what the file says?`,
    )
    .action(async (options: { file?: string; exitCode?: true }, command: Command) => {
      await withRuntime(async (runtime, ctx) => {
        const preview = await previewCatalog(ctx, options.file ?? runtime.environment.catalog);
        const applyWith = `catalog apply${options.file === undefined ? "" : ` --file ${options.file}`}`;
        print(command, preview, differenceLines(preview, applyWith));
        if (options.exitCode === true && preview.hasChanges) process.exitCode = EXIT_DIFFERENT;
      });
    });
}

function registerApply(catalog: Command): void {
  catalog
    .command("apply")
    .description("Put the catalog into force, here and at Stripe; applying twice changes nothing")
    .option("--file <preset or path>", FILE)
    .option("--json", "print what changed as JSON")
    .addHelpText(
      "after",
      "\nA broken catalog prints every problem with its place and applies nothing.\nProducts and prices that Stripe has lost are made again.",
    )
    .action(async (options: { file?: string }, command: Command) => {
      await withRuntime(async (runtime, ctx) => {
        const applied = await applyCatalog(ctx, await loadCatalogFile(options.file ?? runtime.environment.catalog));
        const taxed = await adoptTaxRate(ctx);
        print(command, { ...applied, taxed }, [...appliedLines(applied), ...taxedLines(taxed)]);
      });
    });
}

interface MigrateOptions {
  plan?: string;
  from?: string;
  tenant?: string;
  when: "now" | "at-period-end";
  yes?: true;
  reason?: string;
}

function registerMigrate(catalog: Command): void {
  catalog
    .command("migrate")
    .description("Move tenants from older plan versions to those that are sold; shows a preview unless --yes is given")
    .option("--plan <key>", "only this plan")
    .option("--from <version>", "only this version, for example professional@1")
    .option("--tenant <slug or id>", "only this tenant")
    .addOption(
      new Option("--when <when>", "when each tenant moves: now is prorated to the second and charged or credited")
        .choices(["now", "at-period-end"])
        .default("at-period-end"),
    )
    .option("--yes", "carry it out")
    .option("--reason <text>", "why, for the history and the audit log; needed with --yes")
    .option("--json", "print every tenant's step as JSON")
    .addHelpText(
      "after",
      `
Each tenant is moved for itself: one that cannot be moved now (its renewal is unpaid, its card declines) is named with the
reason and stays. Run the same command again after an interruption or to try those again: nobody is charged twice.
Custom contracts are not touched.

Examples:
  catalog migrate                                              preview of everybody
  catalog migrate --plan professional --when now               preview of a prorated move
  catalog migrate --yes --reason "Prices of 2027"              everybody, at the end of the paid period`,
    )
    .action(async (options: MigrateOptions, command: Command) => {
      await withContext(async (ctx) => {
        const input = migrationOf(options);
        if (options.yes !== true) {
          const steps = await previewMigration(ctx, input);
          print(command, steps, migrationLines(steps, false));
          return;
        }
        if (!options.reason?.trim()) throw new CommandProblem("Say why with --reason: it goes into the audit log.");
        const steps = await migrateVersions(ctx, { ...input, reason: options.reason }, (step) => {
          for (const line of stepLines(step)) progress(command, line);
        });
        print(command, steps, migrationLines(steps, true).slice(steps.length === 0 ? 0 : -1));
        if (steps.some(({ state }) => state === "refused")) process.exitCode = 1;
      });
    });
}

function migrationOf({ from, plan, tenant, when }: MigrateOptions): MigrationInput {
  return {
    ...(plan !== undefined && { planKey: plan }),
    ...(from !== undefined && { fromVersionId: from }),
    ...(tenant !== undefined && { tenantId: tenant }),
    timing: when === "now" ? "now" : "at_period_end",
  };
}
