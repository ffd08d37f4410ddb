/** What `catalog` commands print for people: differences, what was applied, who is moved. */
import type { CatalogApplied } from "@/billing/catalog";
import { creationText, fieldValueText, planChangeText } from "@/billing/catalog/rules-diff-words";
import { formatMoney } from "@/billing/kernel/money";
import type { CatalogPreview, MigrationStep, Quote, TaxRateAdopted } from "@/billing/subscriptions";

type PlanDifference = CatalogPreview["plans"][number];
type TenantsOn = CatalogPreview["tenants"];

/** Names beyond these are counted. `--json` has them all. */
const NAMES_SHOWN = 8;

/** The whole difference: plans, meters, settings, Stripe, tenants; then the command that would apply it. */
export function differenceLines(difference: CatalogPreview, applyWith: string): string[] {
  const { hasChanges, meters, plans, settings, stripe, tenants } = difference;
  if (!hasChanges) return [`The catalog "${difference.catalogKey}" is in force. Applying it would change nothing.`];
  return [
    ...section("Plans", plans.flatMap(planLines)),
    ...section(
      "Meters",
      meters.flatMap(({ change, fields, key }) => [`  ${change.padEnd(9)} ${key}`, ...fieldLines(fields)]),
    ),
    ...section("Settings", fieldLines(settings)),
    ...section(
      "At Stripe",
      stripe.map((creation) => `  make ${creationText(creation, difference.currency)}`),
    ),
    ...section("Tenants", tenantLines(plans, tenants)),
    "",
    `Nothing has been applied. To do so: ${applyWith}`,
  ];
}

function section(title: string, lines: string[]): string[] {
  return lines.length === 0 ? [] : ["", title, ...lines];
}

function planLines(plan: PlanDifference): string[] {
  return [`  ${plan.change.padEnd(9)} ${plan.name}: ${planChangeText(plan)}`, ...fieldLines(plan.fields)];
}

function fieldLines(fields: PlanDifference["fields"]): string[] {
  return fields.map(
    ({ after, before, path }) => `            ${path}: ${fieldValueText(before)} → ${fieldValueText(after)}`,
  );
}

function tenantLines(plans: readonly PlanDifference[], affected: TenantsOn): string[] {
  return affected.flatMap(({ planVersionId, tenants }) => {
    if (tenants.length === 0) return [];
    const plan = plans.find(({ replaces, versionId }) => replaces === planVersionId || versionId === planVersionId);
    const next = plan?.replaces === planVersionId ? `until \`catalog migrate\` moves them to ${plan.versionId}` : "";
    const many = tenants.length === 1 ? "1 tenant stays" : `${tenants.length} tenants stay`;
    return [`  ${planVersionId}: ${many} on it ${next}`.trimEnd(), `            ${namesText(tenants)}`];
  });
}

function namesText(tenants: TenantsOn[number]["tenants"]): string {
  const shown = tenants.slice(0, NAMES_SHOWN).map(({ name, slug }) => `${name} (${slug})`);
  const more = tenants.length - shown.length;
  return more > 0 ? `${shown.join(", ")} and ${more} more` : shown.join(", ");
}

/** What applying has done. */
export function appliedLines({ archived, created, repaired, unchanged }: CatalogApplied): string[] {
  const lines = [
    ...(created.length > 0 ? [`In force now: ${created.join(", ")}.`] : []),
    ...(archived.length > 0
      ? [`Archived: ${archived.join(", ")}. Who is on them stays until \`catalog migrate\`.`]
      : []),
    ...(repaired.length > 0 ? [`Made again at Stripe: ${repaired.join(", ")}.`] : []),
  ];
  return lines.length > 0 ? lines : [`The catalog is in force already (${unchanged.length} plan versions).`];
}

/** What became of running subscriptions when the tax rate has changed. */
export function taxedLines({ adopted, failed }: TaxRateAdopted): string[] {
  return [
    ...(adopted > 0 ? [`Taxed at the new rate from the next invoice on: ${countText(adopted)}.`] : []),
    ...failed.map(({ message, tenantId }) => `Still at the old rate: ${tenantId}: ${message}`),
    ...(failed.length > 0 ? ["Run `catalog apply` again to try those once more."] : []),
  ];
}

function countText(subscriptions: number): string {
  return subscriptions === 1 ? "1 subscription" : `${subscriptions} subscriptions`;
}

/** A migration, tenant by tenant, and its sum. */
export function migrationLines(steps: readonly MigrationStep[], isDone: boolean): string[] {
  if (steps.length === 0) return ["Nobody is on an older version."];
  const counts = new Map<string, number>();
  for (const { state } of steps) counts.set(state, (counts.get(state) ?? 0) + 1);
  const sum = [...counts].map(([state, count]) => `${count} ${state.replace("_", " ")}`).join(", ");
  const next = isDone ? [] : ["Nothing has been changed. To move those that are ready: add --yes and --reason."];
  return [...steps.flatMap(stepLines), "", `${sum}.`, ...next];
}

/** One tenant of a migration. */
export function stepLines(step: MigrationStep): string[] {
  const { from, quote, refusal, state, tenant, to } = step;
  const head = `${state.replace("_", " ").padEnd(9)} ${tenant.name} (${tenant.slug}): ${from} → ${to ?? "sold no longer"}`;
  return [
    head,
    ...(quote === null ? [] : quoteLines(quote)),
    ...(refusal === null ? [] : [`          ${refusal.message}`]),
  ];
}

function quoteLines(quote: Quote): string[] {
  const { creditMinor, currency, dueNowMinor, exceeded, gained, lost, nextInvoice } = quote;
  const money = (amountMinor: bigint) => formatMoney({ amountMinor, currency });
  const day = (at: Date) => at.toISOString().slice(0, 10);
  const due = creditMinor > 0n ? `${money(creditMinor)} credited now` : `${money(dueNowMinor)} due now`;
  const when = quote.isNow ? due : `from ${day(quote.takesEffectAt)}`;
  const next = nextInvoice === null ? "" : `; next invoice ${money(nextInvoice.totalMinor)} on ${day(nextInvoice.at)}`;
  return [
    `          ${when}${next}`,
    ...gained.map((text) => `          + ${text}`),
    ...lost.map((text) => `          − ${text}`),
    ...exceeded.map(({ allowed, used, what }) => `          ! ${what}: ${used} used, ${allowed} included`),
  ];
}
