/** Words of the dunning slice: how far a case is, what happened in it, and what pages and letters are told. */
import { z } from "zod";
import type { DunningTerms } from "../catalog/model";
import type { Tenant } from "../tenants/model";

/** How far the collection of an unpaid invoice has come; the last three are ends. */
export const DUNNING_STAGES = ["first_notice", "reminded", "last_notice", "lapsed", "recovered", "stopped"] as const;
export type DunningStage = (typeof DUNNING_STAGES)[number];

/** Steps the clock takes. */
export type DunningStepKind = "reminder" | "last_notice" | "lapse";

/** What can stand in the history of a case. */
export const DUNNING_EVENT_KINDS = [
  "first_notice",
  "reminder",
  "last_notice",
  "attempt_failed",
  "retried",
  "link_used",
  "lapsed",
  "recovered",
  "stopped",
] as const;
export type DunningEventKind = (typeof DUNNING_EVENT_KINDS)[number];

/** A case as it is stored. */
export interface DunningCase {
  id: string;
  tenantId: string;
  stripeInvoiceId: string;
  invoiceNumber: string;
  stripeSubscriptionId: string | null;
  /** The plan the invoice pays for; null when it pays for none. */
  planName: string | null;
  planKey: string | null;
  /** Whether the plan ends when this stays unpaid. */
  endsPlan: boolean;
  stage: DunningStage;
  amountDueMinor: bigint;
  currency: string;
  /** The catalog's terms as they were at the first failure. */
  terms: DunningTerms;
  firstFailedAt: Date;
  graceEndsAt: Date;
  /** How many steps of the terms lie behind. */
  stepsDone: number;
  nextStepAt: Date | null;
  /** Tries of Stripe's own that failed. */
  attempts: number;
  lapsedAt: Date | null;
  closedAt: Date | null;
}

/** A line of a case's history. */
export interface DunningEventView {
  id: string;
  occurredAt: Date;
  kind: DunningEventKind;
  actor: string;
  reason: string;
}

/** A case in the operator's list. */
export interface DunningCaseView extends DunningCase {
  tenantName: string;
  tenantSlug: string;
  timeZone: string;
  /** What the clock does next; null when nothing is left. */
  nextStep: DunningStepKind | null;
  /** When Stripe tries to collect again by itself; null when it will not. */
  nextPaymentAttemptAt: Date | null;
}

/** A case with its history, newest first. */
export interface DunningCaseDetail extends DunningCaseView {
  /** An actor's label is an e-mail address or the name of a key; null where it is no person and no key. */
  events: Array<DunningEventView & { actorLabel: string | null }>;
}

/** What a tenant is shown of its own case. */
export type DunningStanding = Pick<
  DunningCase,
  "id" | "invoiceNumber" | "amountDueMinor" | "currency" | "stage" | "endsPlan" | "planName" | "graceEndsAt"
> & { nextPaymentAttemptAt: Date | null };

/** What a letter is about. */
export type DunningNoticeKind = "first_notice" | "reminder" | "last_notice" | "lapsed" | "recovered";

/** Why the newest try failed, for people. */
export interface PaymentFailure {
  /** What to do about it; null when nothing is known. */
  advice: string | null;
  /** The bank wants to see the cardholder: nothing is wrong with the card. */
  wantsPerson: boolean;
  /** Money is under way: nothing is told and nothing ends until that is decided. */
  isUnderWay: boolean;
}

/** Everything a letter may tell. */
export interface DunningNotice {
  kind: DunningNoticeKind;
  /** The same key is never written twice. */
  key: string;
  tenant: Tenant;
  invoiceNumber: string;
  amountDueMinor: bigint;
  currency: string;
  planName: string | null;
  endsPlan: boolean;
  /** Whether the plan has ended, for the letter that tells of the end; and of a payment that came after it. */
  planEnded: boolean;
  freePlanName: string;
  graceEndsAt: Date;
  /** When Stripe tries again by itself; null when it will not. */
  nextAttemptAt: Date | null;
  failure: PaymentFailure;
  /** Opens the page that fixes the payment. */
  link: string;
}

/** Input of the verbs of operators. */
export const dunningCaseInputSchema = z.strictObject({
  tenantId: z.string().min(1),
  caseId: z.string().min(1),
  requestId: z.string().min(1).max(255),
  reason: z.string().trim().min(1).max(500),
});
export type DunningCaseInput = z.infer<typeof dunningCaseInputSchema>;

/** Which cases the operator sees: those that still move, or all. */
export const listCasesSchema = z.strictObject({
  show: z.enum(["open", "all"]).default("open"),
  limit: z.int().min(1).max(200).default(100),
});
export type ListCasesInput = z.infer<typeof listCasesSchema>;

/** What a link from a letter leads to. */
export type FixPaymentView =
  /** Forged, cut off or of nothing that is there: it says nothing of anybody. */
  | { state: "invalid" }
  /** Was good once; still says nothing. */
  | { state: "expired" }
  | (FixPaymentFacts & { state: "open"; planStays: boolean; graceEndsAt: Date; planName: string | null })
  /** A payment is under way. */
  | (FixPaymentFacts & { state: "processing" })
  | (FixPaymentFacts & { state: "paid"; planEnded: boolean; restart: { planKey: string; planName: string } | null })
  /** Nobody has to pay it any more. */
  | (FixPaymentFacts & { state: "void" });

/** All that a holder of a link learns. */
export interface FixPaymentFacts {
  tenantName: string;
  tenantSlug: string;
  timeZone: string;
  invoiceNumber: string;
  amountDueMinor: bigint;
  currency: string;
}

/** Input of `payByLink`. */
export const payByLinkSchema = z.strictObject({
  link: z.string().min(1).max(1_000),
  paymentMethodId: z.string().min(1).max(255),
  requestId: z.string().min(1).max(200),
});
export type PayByLinkInput = z.infer<typeof payByLinkSchema>;

/** What came of a payment by link: where it stands, and what the browser has to confirm for it. */
export interface PaidByLink {
  view: FixPaymentView;
  confirmation: { clientSecret: string } | null;
}
