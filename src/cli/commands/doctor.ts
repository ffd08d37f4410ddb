/** `doctor`: looks at everything the product needs and says, for what is wrong, how to cure it. */
import type { Command } from "commander";
import { inboxState } from "@/billing/webhooks";
import { pendingMigrations } from "@/db/migrate";
import { env } from "@/env";
import { print } from "../output";
import { databaseUrlOrProblem, withRuntime } from "../runtime";

interface Finding {
  check: string;
  ok: boolean;
  detail: string;
}

/** Declares the command. */
export function registerDoctor(program: Command): void {
  program
    .command("doctor")
    .description("Check database, migrations, Stripe, clock, catalog and inbox")
    .option("--json", "print the findings as JSON")
    .action(async (_options: object, command: Command) => {
      const findings = await examine();
      const ok = findings.every((finding) => finding.ok);
      print(
        command,
        { ok, findings },
        findings.map(({ check, ok: fine, detail }) => `${fine ? "✓" : "✗"} ${check}: ${detail}`),
      );
      if (!ok) process.exitCode = 1;
    });
}

async function examine(): Promise<Finding[]> {
  const findings: Finding[] = [];
  const check = async (name: string, look: () => Promise<string>, cure: string) => {
    try {
      findings.push({ check: name, ok: true, detail: await look() });
    } catch (error) {
      const reason = error instanceof Error && error.message ? error.message : String(error);
      findings.push({ check: name, ok: false, detail: `${reason} ${cure}` });
    }
  };
  await check("environment", async () => `${env().mode} mode, catalog ${env().catalog}`, "Correct the variables.");
  if (findings.some((finding) => !finding.ok)) return findings;
  const databaseUrl = databaseUrlOrProblem();
  await check(
    "migrations",
    async () => {
      const pending = await pendingMigrations(databaseUrl);
      if (pending.length > 0) throw new Error(`${pending.length} missing.`);
      return "up to date";
    },
    "Run `npm run -s quittance -- migrate`.",
  );
  if (findings.some((finding) => !finding.ok)) return findings;
  await withRuntime(async (runtime, ctx) => {
    await check(
      "catalog",
      async () => {
        const { getCatalog } = await import("@/billing/catalog");
        const catalog = await getCatalog(ctx);
        return `${catalog.productName}, ${catalog.plans.length} plans`;
      },
      "Run `npm run -s quittance -- catalog apply`.",
    );
    await check(
      "stripe",
      async () => {
        await runtime.stripe.fetchCustomer("cus_quittance_doctor");
        return runtime.environment.stripe.apiUrl ?? "the real Stripe";
      },
      "Check the keys and the network.",
    );
    await check("clock", async () => runtime.clock.now().toISOString(), "Start the sandbox.");
    await check(
      "web server",
      async () => {
        const response = await fetch(`${runtime.environment.publicUrl}/api/v1/health`, {
          signal: AbortSignal.timeout(5000),
        });
        if (!response.ok) throw new Error(`${runtime.environment.publicUrl} answered ${response.status}.`);
        return runtime.environment.publicUrl;
      },
      "Start it with `npm start`.",
    );
    await check(
      "webhook inbox",
      async () => {
        const state = await inboxState(ctx.db);
        if (state.parked > 0) throw new Error(`${state.parked} events were given up.`);
        return `${state.due} due, ${state.waiting} waiting for another try`;
      },
      "The operator's console says under Webhooks why. Nothing waits for them: what they were about is read anew with its next event.",
    );
  });
  return findings;
}
