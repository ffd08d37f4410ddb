-- CreateEnum
CREATE TYPE "dunning_stage" AS ENUM ('first_notice', 'reminded', 'last_notice', 'lapsed', 'recovered', 'stopped');

-- CreateTable
CREATE TABLE "dunning_cases" (
    "tenant_id" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "stripe_invoice_id" TEXT NOT NULL,
    "invoice_number" TEXT NOT NULL,
    "stripe_subscription_id" TEXT,
    "plan_name" TEXT,
    "plan_key" TEXT,
    "ends_plan" BOOLEAN NOT NULL,
    "stage" "dunning_stage" NOT NULL,
    "amount_due_minor" BIGINT NOT NULL,
    "currency" TEXT NOT NULL,
    "terms" JSONB NOT NULL,
    "first_failed_at" TIMESTAMPTZ(6) NOT NULL,
    "grace_ends_at" TIMESTAMPTZ(6) NOT NULL,
    "steps_done" INTEGER NOT NULL,
    "next_step_at" TIMESTAMPTZ(6),
    "attempts" INTEGER NOT NULL,
    "lapsed_at" TIMESTAMPTZ(6),
    "closed_at" TIMESTAMPTZ(6),

    CONSTRAINT "dunning_cases_pkey" PRIMARY KEY ("tenant_id","id")
);

-- CreateTable
CREATE TABLE "dunning_events" (
    "tenant_id" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "case_id" TEXT NOT NULL,
    "sequence" INTEGER NOT NULL,
    "occurred_at" TIMESTAMPTZ(6) NOT NULL,
    "kind" TEXT NOT NULL,
    "actor" TEXT NOT NULL,
    "reason" TEXT NOT NULL,

    CONSTRAINT "dunning_events_pkey" PRIMARY KEY ("tenant_id","id")
);

-- CreateIndex
CREATE INDEX "dunning_cases_next_step_at_idx" ON "dunning_cases"("next_step_at");

-- CreateIndex
CREATE INDEX "dunning_cases_stage_first_failed_at_idx" ON "dunning_cases"("stage", "first_failed_at");

-- CreateIndex
CREATE UNIQUE INDEX "dunning_cases_tenant_id_stripe_invoice_id_key" ON "dunning_cases"("tenant_id", "stripe_invoice_id");

-- CreateIndex
CREATE UNIQUE INDEX "dunning_events_tenant_id_case_id_sequence_key" ON "dunning_events"("tenant_id", "case_id", "sequence");

-- What was done about an unpaid invoice is evidence in a dispute: it is written once.
CREATE TRIGGER dunning_events_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON "dunning_events"
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
