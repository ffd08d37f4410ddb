/**
 * Stripe's lines as ours: what each one pays for, in which quantity at which exact unit price, in the order people read.
 *
 * Stripe keeps overage as a bare amount; the charge behind it knows 45 jobs at 0.50. A previewed invoice passes through the
 * same function as a real one, so they read alike.
 */
import { currencyExponent } from "../../kernel/currency";
import { decimal } from "../../kernel/decimal";
import type { OverageDetail } from "../../pricing";
import { OVERAGE_CHARGE_ID, UNUSED_TIME } from "../../subscriptions/model";
import type { InvoiceLineKind, InvoiceLineView } from "../model";

/** What Stripe says of a line. */
export interface StatedLine {
  stripeLineId: string;
  description: string;
  amountMinor: bigint;
  taxMinor: bigint;
  quantity: string;
  /** Exact price per unit in minor units, null where Stripe gives none. */
  unitAmountMinor: string | null;
  periodStartAt: Date;
  periodEndAt: Date;
  proration: boolean;
  source: "subscription" | "item";
  stripePriceId: string | null;
  metadata: Readonly<Record<string, string>>;
}

/** What explains an overage line. */
export interface OverageExplanation {
  meterKey: string;
  /** Exact decimal text. */
  quantity: string;
  /** Null where units cost differently. */
  unitPrice: string | null;
  details: OverageDetail[];
  /** Null in a preview: nothing has been charged yet. */
  overageChargeId: string | null;
}

/** What lines are explained with. */
export interface LineFacts {
  currency: string;
  /** Names of our plans by their Stripe price. */
  planNames: ReadonlyMap<string, string>;
  /** By the charge id that the line carries. */
  overage: ReadonlyMap<string, OverageExplanation>;
  /** Keys of the meters in catalog order. */
  meterOrder: readonly string[];
}

/** The lines, explained and in order: the plan, its seats, prorations, overage in catalog order, the rest. */
export function explainLines(lines: readonly StatedLine[], facts: LineFacts): ExplainedLine[] {
  return lines
    .map((line, index) => ({ view: explainLine(line, facts), line, index }))
    .sort((a, b) => rank(a, facts) - rank(b, facts) || a.index - b.index)
    .map(({ view, line }) => ({ ...view, stripeLineId: line.stripeLineId }));
}

/** A line with the name Stripe has for it. */
export type ExplainedLine = InvoiceLineView & { stripeLineId: string };

function explainLine(line: StatedLine, facts: LineFacts): InvoiceLineView {
  const { amountMinor, description, periodEndAt, periodStartAt, taxMinor } = line;
  const common = { description, amountMinor, taxMinor, periodStartAt, periodEndAt };
  const overage = facts.overage.get(line.metadata[OVERAGE_CHARGE_ID] ?? "");
  if (overage) return { kind: "overage", ...common, ...overage };
  const kind = kindOf(line);
  const unitPrice = kind === "proration" || line.unitAmountMinor === null ? null : major(line.unitAmountMinor, facts);
  const planName = facts.planNames.get(line.stripePriceId ?? "");
  return {
    kind,
    ...common,
    // Stripe writes "1 × Professional (at $299.00 / month)"; quantity and price have columns of their own here.
    description: kind === "plan" && planName !== undefined ? `${planName} Plan` : description,
    quantity: line.quantity,
    unitPrice,
    meterKey: line.metadata.meter ?? null,
    overageChargeId: null,
    details: [],
  };
}

function kindOf(line: StatedLine): InvoiceLineKind {
  if (line.proration || line.metadata[UNUSED_TIME] !== undefined) return "proration";
  return line.source === "subscription" ? "plan" : "other";
}

function major(unitAmountMinor: string, facts: LineFacts): string {
  return decimal(unitAmountMinor)
    .div(decimal(10).pow(currencyExponent(facts.currency)))
    .toFixed();
}

const KIND_RANK: Readonly<Record<InvoiceLineKind, number>> = { plan: 0, proration: 1, overage: 2, other: 4 };

function rank({ line, view }: { line: StatedLine; view: InvoiceLineView }, facts: LineFacts): number {
  // What is bought beside the plan, its additional seats, follows it.
  const isBeside = view.kind === "plan" && !facts.planNames.has(line.stripePriceId ?? "");
  if (view.kind !== "overage") return KIND_RANK[view.kind] + (isBeside ? 0.5 : 0);
  const position = facts.meterOrder.indexOf(view.meterKey ?? "");
  // Meters keep catalog order between 2 and 3; one that the catalog no longer has comes last among them.
  return KIND_RANK.overage + (position === -1 ? 1 : position / (facts.meterOrder.length + 1));
}
