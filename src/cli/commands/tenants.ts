/** `tenants create`: a tenant on the free plan, made by somebody with access to the machine. */
import type { Command } from "commander";
import { createTenant } from "@/billing/tenants";
import { print } from "../output";
import { withContext } from "../runtime";

/** Declares the command. */
export function registerTenants(program: Command): void {
  const tenants = program.command("tenants").description("The organisations that pay");
  tenants
    .command("create")
    .description("Create a tenant on the free plan")
    .requiredOption("--slug <slug>", "short name in URLs and invoice numbers")
    .requiredOption("--name <name>", "name on invoices")
    .requiredOption("--email <email>", "where invoices and notices go")
    .option("--time-zone <zone>", "IANA zone for dates", "UTC")
    .option("--json", "print the tenant as JSON")
    .action(async (options: { slug: string; name: string; email: string; timeZone: string }, command: Command) => {
      await withContext(async (ctx) => {
        const tenant = await createTenant(ctx, {
          slug: options.slug,
          name: options.name,
          billingEmail: options.email,
          timeZone: options.timeZone,
        });
        const result = { id: tenant.id, slug: tenant.slug, name: tenant.name, email: tenant.billingEmail };
        print(command, result, [`Created ${tenant.name} (${tenant.slug}), id ${tenant.id}, on the free plan.`]);
      });
    });
}
