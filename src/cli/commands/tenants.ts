/** `tenants create|list`: a tenant on the free plan, made by somebody with access to the machine; and all there are. */
import { type Command, Option } from "commander";
import { formatMoney } from "@/billing/kernel/money";
import { listTenants, type TenantPage } from "@/billing/revenue";
import { TENANT_STANDINGS, type TenantStanding } from "@/billing/revenue/model";
import { createTenant } from "@/billing/tenants";
import { CommandProblem, print } from "../output";
import { withContext } from "../runtime";
import { tableLines } from "../table";

const MOST = 200;

/** Declares the commands. */
export function registerTenants(program: Command): void {
  const tenants = program.command("tenants").description("The organisations that pay: make, list");
  registerCreate(tenants);
  registerList(tenants);
}

function registerCreate(tenants: Command): void {
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

interface ListOptions {
  find?: string;
  plan?: string;
  status?: TenantStanding;
  limit: string;
  after?: string;
}

function registerList(tenants: Command): void {
  tenants
    .command("list")
    .description("List tenants by name, with plan, status and what a month of each is worth")
    .option("--find <text>", "a part of a name, short name or e-mail, or a whole id")
    .option("--plan <key>", "only who is on this plan")
    .addOption(new Option("--status <status>", "only who stands so").choices(TENANT_STANDINGS))
    .option("--limit <count>", `how many to print, at most ${MOST}`, "50")
    .option("--after <id>", "go on after this tenant, the last one of the page before")
    .option("--json", 'print JSON: "tenants", "total", and "next" for --after, null on the last page')
    .action(async (options: ListOptions, command: Command) => {
      const limit = limitOf(options.limit);
      await withContext(async (ctx) => {
        const { after = null, find: query, plan: planKey = null, status: standing = null } = options;
        const page = await listTenants(ctx, { query, planKey, standing, after, limit });
        print(command, pageResult(page), pageLines(page));
      });
    });
}

function limitOf(text: string): number {
  const limit = /^\d{1,3}$/.test(text) ? Number(text) : 0;
  if (limit >= 1 && limit <= MOST) return limit;
  throw new CommandProblem(`--limit is a whole number from 1 to ${MOST}.`);
}

function pageResult({ next, tenants, total }: TenantPage) {
  const rows = tenants.map(({ billingEmail: email, planKey: plan, planName: _name, standing: status, ...row }) => {
    const { createdAt, currency, id, mrrMinor, name, slug } = row;
    return { id, slug, name, email, plan, status, mrrMinor, currency, createdAt };
  });
  return { tenants: rows, total, next };
}

function pageLines({ countedTo, next, tenants, total }: TenantPage): string[] {
  if (tenants.length === 0) return ["No tenant fits."];
  const rows = tenants.map(({ currency, id, mrrMinor, name, planName, slug, standing }) => [
    ...[slug, name, planName, standing.replace("_", " "), formatMoney({ amountMinor: mrrMinor, currency }), id],
  ]);
  const all = `${total >= countedTo ? `${countedTo} or more` : total} ${total === 1 ? "tenant" : "tenants"}.`;
  const sum = next === null && tenants.length === total ? all : `${tenants.length} of ${all}`;
  return [
    ...tableLines(["Slug", "Name", "Plan", "Status", "A month", "Id"], rows),
    ...["", next === null ? sum : `${sum} More: --after ${next}`],
  ];
}
