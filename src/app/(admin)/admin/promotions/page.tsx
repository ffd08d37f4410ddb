import type { Metadata } from "next";
import Link from "next/link";
import type { PromotionPage, PromotionView } from "@/billing/subscriptions/model-promotions";
import { api } from "@/trpc/server";
import { ButtonLink } from "@/ui/button";
import { DataTable } from "@/ui/data-table";
import { ComputedAt, DateText } from "@/ui/date-text";
import { moneyText } from "@/ui/money";
import { PageHeader, Section } from "@/ui/page-header";
import { EmptyState, TableSkeleton } from "@/ui/states";
import { StatusBadge } from "@/ui/status-badge";
import { Region } from "../../../_components/region";
import { AuditList } from "../_components/audit-list";
import { NewPromotion } from "./_components/new-promotion";
import { TurnPromotion } from "./_components/turn-promotion";

export const metadata: Metadata = { title: "Promotion codes" };

const PATH = "/admin/promotions";
const PAGE_SIZE = 25;

const FILTERS = [
  { show: null, text: "All", active: null },
  { show: "active", text: "In use", active: true },
  { show: "inactive", text: "Out of use", active: false },
] as const;

type Search = { show?: string; after?: string };

export default async function Promotions({ searchParams }: { searchParams: Promise<Search> }) {
  const search = await searchParams;
  const filter = FILTERS.find(({ show }) => show === search.show) ?? FILTERS[0];
  const after = search.after?.slice(0, 80) ?? null;
  const { plans, currency, freePlan } = await api.catalog.current();
  const sold = plans
    .filter((plan) => plan.stripeProductId !== null && plan.id !== freePlan.id)
    .map(({ planKey, name }) => ({ planKey, name }));
  return (
    <>
      <PageHeader title="Promotion codes" action={<NewPromotion plans={sold} currency={currency} />}>
        What customers type for a lower price. Stripe keeps the codes and counts their use.
      </PageHeader>
      <nav aria-label="Filter by use" className="mb-6 flex flex-wrap gap-1 text-sm">
        {FILTERS.map(({ show, text }) => (
          <Link
            key={text}
            href={show ? `${PATH}?show=${show}` : PATH}
            aria-current={show === filter.show ? "true" : undefined}
            className="rounded-md border border-transparent px-3 py-1 text-quiet hover:text-ink aria-[current]:border-edge aria-[current]:text-ink"
          >
            {text}
          </Link>
        ))}
      </nav>
      <div className="grid gap-12">
        <Region
          failure="The codes could not be read from Stripe"
          load={() => api.operator.promotions({ limit: PAGE_SIZE, after, active: filter.active })}
          skeleton={<TableSkeleton rows={5} label="Reading the codes from Stripe" />}
        >
          {(page) => <Codes page={page} show={filter.show} isLater={after !== null} />}
        </Region>
        <Section title="Who did what">
          <Region
            failure="The log could not be loaded"
            load={async () => {
              const entries = await api.operator.installationAudit({ limit: 100 });
              return entries.filter(({ action }) => action.startsWith("promotion.")).slice(0, 20);
            }}
            skeleton={<TableSkeleton rows={3} label="Loading the log" />}
          >
            {(entries) => <AuditList entries={entries} />}
          </Region>
        </Section>
      </div>
    </>
  );
}

function Codes({ page, show, isLater }: { page: PromotionPage; show: string | null; isLater: boolean }) {
  if (page.promotions.length === 0) {
    return (
      <EmptyState
        title={show === null ? "No codes yet" : "None of these"}
        action={show === null && !isLater ? null : <ButtonLink href={PATH}>Show all</ButtonLink>}
      >
        A code takes a percentage or an amount off, once, for some months, or for as long as the plan lives.
      </EmptyState>
    );
  }
  const address = (parameters: Record<string, string>) => {
    const search = new URLSearchParams({ ...(show && { show }), ...parameters });
    return search.size === 0 ? PATH : `${PATH}?${search}`;
  };
  return (
    <div>
      <CodeTable promotions={page.promotions} />
      <div className="mt-4 flex flex-wrap justify-between gap-x-6 gap-y-2 text-sm">
        <ComputedAt at={page.computedAt} note="Read from Stripe" />
        <nav aria-label="Pages of codes" className="flex gap-6">
          {isLater ? (
            <Link href={address({})} className="link">
              Newest
            </Link>
          ) : null}
          {page.next ? (
            <Link href={address({ after: page.next })} className="link">
              Older codes
            </Link>
          ) : null}
        </nav>
      </div>
    </div>
  );
}

function CodeTable({ promotions }: { promotions: PromotionView[] }) {
  return (
    <DataTable
      caption="Promotion codes, newest first"
      rows={promotions}
      rowKey={(promotion) => promotion.stripePromotionCodeId}
      columns={[
        {
          header: "Code",
          heading: true,
          cell: (promotion) => (
            <>
              <code className="font-mono wrap-anywhere">{promotion.code}</code>
              <span className="block text-xs font-normal text-quiet">{promotion.name}</span>
            </>
          ),
        },
        {
          header: "Worth",
          cell: (promotion) => (
            <>
              {promotion.worth}
              <span className="block text-xs text-quiet">{restrictionsText(promotion)}</span>
            </>
          ),
        },
        {
          header: "Used",
          align: "right",
          cell: ({ timesRedeemed, maxRedemptions }) => (
            <span className="tabular whitespace-nowrap">
              {timesRedeemed.toLocaleString("en-US")}
              {maxRedemptions === null ? null : (
                <span className="text-quiet"> of {maxRedemptions.toLocaleString("en-US")}</span>
              )}
            </span>
          ),
        },
        {
          header: "Last day",
          // The end is the first moment at which it is refused: a code that ends at midnight has the day before.
          cell: ({ expiresAt }) =>
            expiresAt ? (
              <DateText at={new Date(expiresAt.getTime() - 1)} style="short" />
            ) : (
              <span className="text-quiet">no end</span>
            ),
        },
        { header: "Status", cell: ({ state }) => <StatusBadge status={state} /> },
        {
          header: "Action",
          align: "right",
          cell: ({ state, code, stripePromotionCodeId: id }) =>
            state === "active" || state === "inactive" ? (
              <TurnPromotion id={id} code={code} isActive={state === "active"} />
            ) : (
              <span className="text-quiet">–</span>
            ),
        },
      ]}
    />
  );
}

function restrictionsText(promotion: PromotionView): string {
  const { onlyTenant, onlyPlans, firstOrderOnly, minimumAmountMinor, minimumAmountCurrency } = promotion;
  return [
    onlyTenant ? `only ${onlyTenant.name}` : promotion.stripeCustomerId && "only one customer",
    onlyPlans.length > 0 && `on ${onlyPlans.join(", ")}`,
    firstOrderOnly && "first order",
    minimumAmountMinor !== null && `from ${moneyText(minimumAmountMinor, minimumAmountCurrency ?? "usd")}`,
  ]
    .filter((part) => typeof part === "string")
    .join(" · ");
}
