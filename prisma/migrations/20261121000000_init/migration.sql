-- CreateEnum
CREATE TYPE "plan_version_status" AS ENUM ('draft', 'active', 'archived');

-- CreateEnum
CREATE TYPE "invoice_status" AS ENUM ('draft', 'open', 'paid', 'void', 'uncollectible');

-- CreateEnum
CREATE TYPE "operation_status" AS ENUM ('planned', 'recorded', 'refused');

-- CreateEnum
CREATE TYPE "payment_status" AS ENUM ('processing', 'requires_action', 'requires_payment_method', 'succeeded', 'failed', 'canceled');

-- CreateEnum
CREATE TYPE "subscription_status" AS ENUM ('incomplete', 'incomplete_expired', 'trialing', 'active', 'past_due', 'canceled', 'unpaid', 'paused');

-- CreateEnum
CREATE TYPE "billing_interval" AS ENUM ('month', 'year');

-- CreateEnum
CREATE TYPE "membership_role" AS ENUM ('owner', 'admin', 'member');

-- CreateEnum
CREATE TYPE "usage_period_status" AS ENUM ('open', 'closed');

-- CreateEnum
CREATE TYPE "period_closer" AS ENUM ('renewal', 'clock');

-- CreateEnum
CREATE TYPE "webhook_event_status" AS ENUM ('received', 'projected', 'ignored', 'failed', 'parked');

-- CreateTable
CREATE TABLE "audit_entries" (
    "tenant_id" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "occurred_at" TIMESTAMPTZ(6) NOT NULL,
    "actor" TEXT NOT NULL,
    "action" TEXT NOT NULL,
    "target" TEXT NOT NULL,
    "reason" TEXT NOT NULL,
    "details" JSONB NOT NULL,

    CONSTRAINT "audit_entries_pkey" PRIMARY KEY ("tenant_id","id")
);

-- CreateTable
CREATE TABLE "users" (
    "id" TEXT NOT NULL,
    "name" TEXT,
    "email" TEXT NOT NULL,
    "email_verified" TIMESTAMPTZ(6),
    "image" TEXT,
    "is_operator" BOOLEAN NOT NULL DEFAULT false,
    "created_at" TIMESTAMPTZ(6) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "users_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "accounts" (
    "id" TEXT NOT NULL,
    "user_id" TEXT NOT NULL,
    "type" TEXT NOT NULL,
    "provider" TEXT NOT NULL,
    "provider_account_id" TEXT NOT NULL,
    "refresh_token" TEXT,
    "access_token" TEXT,
    "expires_at" INTEGER,
    "token_type" TEXT,
    "scope" TEXT,
    "id_token" TEXT,
    "session_state" TEXT,

    CONSTRAINT "accounts_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "sessions" (
    "id" TEXT NOT NULL,
    "session_token" TEXT NOT NULL,
    "user_id" TEXT NOT NULL,
    "expires" TIMESTAMPTZ(6) NOT NULL,

    CONSTRAINT "sessions_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "verification_tokens" (
    "identifier" TEXT NOT NULL,
    "token" TEXT NOT NULL,
    "expires" TIMESTAMPTZ(6) NOT NULL
);

-- CreateTable
CREATE TABLE "plan_versions" (
    "id" TEXT NOT NULL,
    "plan_key" TEXT NOT NULL,
    "version" INTEGER NOT NULL,
    "status" "plan_version_status" NOT NULL,
    "name" TEXT NOT NULL,
    "rank" INTEGER NOT NULL,
    "currency" TEXT NOT NULL,
    "monthly_price_minor" BIGINT,
    "annual_price_minor" BIGINT,
    "terms" JSONB NOT NULL,
    "terms_hash" TEXT NOT NULL,
    "stripe_product_id" TEXT,
    "stripe_monthly_price_id" TEXT,
    "stripe_annual_price_id" TEXT,
    "applied_at" TIMESTAMPTZ(6) NOT NULL,

    CONSTRAINT "plan_versions_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "meters" (
    "key" TEXT NOT NULL,
    "terms" JSONB NOT NULL,
    "aggregation" TEXT NOT NULL,
    "position" INTEGER NOT NULL,
    "retired_at" TIMESTAMPTZ(6),
    "applied_at" TIMESTAMPTZ(6) NOT NULL,

    CONSTRAINT "meters_pkey" PRIMARY KEY ("key")
);

-- CreateTable
CREATE TABLE "catalog_state" (
    "id" TEXT NOT NULL,
    "catalog_key" TEXT NOT NULL,
    "product_name" TEXT NOT NULL,
    "free_plan_key" TEXT NOT NULL,
    "currency" TEXT NOT NULL,
    "tax_percentage" DECIMAL(9,6) NOT NULL,
    "tax_display_name" TEXT NOT NULL,
    "stripe_tax_rate_id" TEXT,
    "terms_hash" TEXT NOT NULL,
    "applied_at" TIMESTAMPTZ(6) NOT NULL,

    CONSTRAINT "catalog_state_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "invoices" (
    "tenant_id" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "stripe_invoice_id" TEXT NOT NULL,
    "number" TEXT NOT NULL,
    "status" "invoice_status" NOT NULL,
    "billing_reason" TEXT NOT NULL,
    "stripe_subscription_id" TEXT,
    "plan_name" TEXT,
    "currency" TEXT NOT NULL,
    "subtotal_minor" BIGINT NOT NULL,
    "discount_minor" BIGINT NOT NULL DEFAULT 0,
    "tax_minor" BIGINT NOT NULL,
    "total_minor" BIGINT NOT NULL,
    "amount_due_minor" BIGINT NOT NULL,
    "amount_paid_minor" BIGINT NOT NULL,
    "balance_applied_minor" BIGINT NOT NULL DEFAULT 0,
    "period_start_at" TIMESTAMPTZ(6) NOT NULL,
    "period_end_at" TIMESTAMPTZ(6) NOT NULL,
    "created_at" TIMESTAMPTZ(6) NOT NULL,
    "issued_at" TIMESTAMPTZ(6),
    "due_at" TIMESTAMPTZ(6) NOT NULL,
    "paid_at" TIMESTAMPTZ(6),
    "voided_at" TIMESTAMPTZ(6),
    "attempt_count" INTEGER NOT NULL,
    "next_payment_attempt_at" TIMESTAMPTZ(6),
    "payment_failed_at" TIMESTAMPTZ(6),
    "source_at" TIMESTAMPTZ(6) NOT NULL,
    "synced_at" TIMESTAMPTZ(6) NOT NULL,

    CONSTRAINT "invoices_pkey" PRIMARY KEY ("tenant_id","id")
);

-- CreateTable
CREATE TABLE "invoice_lines" (
    "tenant_id" TEXT NOT NULL,
    "invoice_id" TEXT NOT NULL,
    "position" INTEGER NOT NULL,
    "stripe_line_id" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "description" TEXT NOT NULL,
    "quantity" DECIMAL(38,12) NOT NULL,
    "unit_price" DECIMAL(38,12),
    "amount_minor" BIGINT NOT NULL,
    "tax_minor" BIGINT NOT NULL,
    "meter_key" TEXT,
    "overage_charge_id" TEXT,
    "period_start_at" TIMESTAMPTZ(6) NOT NULL,
    "period_end_at" TIMESTAMPTZ(6) NOT NULL,

    CONSTRAINT "invoice_lines_pkey" PRIMARY KEY ("tenant_id","invoice_id","position")
);

-- CreateTable
CREATE TABLE "invoice_numbers" (
    "tenant_id" TEXT NOT NULL,
    "number" TEXT NOT NULL,
    "month" TEXT NOT NULL,
    "sequence" INTEGER NOT NULL,
    "owner" TEXT NOT NULL,

    CONSTRAINT "invoice_numbers_pkey" PRIMARY KEY ("tenant_id","number")
);

-- CreateTable
CREATE TABLE "mail_messages" (
    "id" TEXT NOT NULL,
    "recipient_tenant_id" TEXT,
    "dedupe_key" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "recipient" TEXT NOT NULL,
    "subject" TEXT NOT NULL,
    "text" TEXT NOT NULL,
    "html" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(6) NOT NULL,
    "sent_at" TIMESTAMPTZ(6),
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "last_error" TEXT,

    CONSTRAINT "mail_messages_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "operations" (
    "tenant_id" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "request_id" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "status" "operation_status" NOT NULL,
    "plan" JSONB NOT NULL,
    "outcome" JSONB,
    "actor" TEXT NOT NULL,
    "reason" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(6) NOT NULL,
    "settled_at" TIMESTAMPTZ(6),

    CONSTRAINT "operations_pkey" PRIMARY KEY ("tenant_id","id")
);

-- CreateTable
CREATE TABLE "stored_replies" (
    "scope_id" TEXT NOT NULL,
    "key" TEXT NOT NULL,
    "method" TEXT NOT NULL,
    "path" TEXT NOT NULL,
    "request_hash" TEXT NOT NULL,
    "status" INTEGER,
    "body" TEXT,
    "created_at" TIMESTAMPTZ(6) NOT NULL,
    "settled_at" TIMESTAMPTZ(6),

    CONSTRAINT "stored_replies_pkey" PRIMARY KEY ("scope_id","key")
);

-- CreateTable
CREATE TABLE "payment_methods" (
    "tenant_id" TEXT NOT NULL,
    "stripe_payment_method_id" TEXT NOT NULL,
    "type" TEXT NOT NULL,
    "brand" TEXT,
    "last4" TEXT,
    "expiry_month" INTEGER,
    "expiry_year" INTEGER,
    "is_default" BOOLEAN NOT NULL,
    "created_at" TIMESTAMPTZ(6) NOT NULL,
    "synced_at" TIMESTAMPTZ(6) NOT NULL,

    CONSTRAINT "payment_methods_pkey" PRIMARY KEY ("tenant_id","stripe_payment_method_id")
);

-- CreateTable
CREATE TABLE "payments" (
    "tenant_id" TEXT NOT NULL,
    "stripe_payment_intent_id" TEXT NOT NULL,
    "stripe_invoice_id" TEXT,
    "stripe_charge_id" TEXT,
    "status" "payment_status" NOT NULL,
    "amount_minor" BIGINT NOT NULL,
    "amount_refunded_minor" BIGINT NOT NULL DEFAULT 0,
    "currency" TEXT NOT NULL,
    "description" TEXT NOT NULL,
    "failure_code" TEXT,
    "decline_code" TEXT,
    "failure_message" TEXT,
    "created_at" TIMESTAMPTZ(6) NOT NULL,
    "succeeded_at" TIMESTAMPTZ(6),
    "failed_at" TIMESTAMPTZ(6),
    "source_at" TIMESTAMPTZ(6) NOT NULL,
    "synced_at" TIMESTAMPTZ(6) NOT NULL,

    CONSTRAINT "payments_pkey" PRIMARY KEY ("tenant_id","stripe_payment_intent_id")
);

-- CreateTable
CREATE TABLE "mrr_movements" (
    "tenant_id" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "sequence" INTEGER NOT NULL,
    "occurred_at" TIMESTAMPTZ(6) NOT NULL,
    "kind" TEXT NOT NULL,
    "currency" TEXT NOT NULL,
    "delta_minor" DECIMAL(38,12) NOT NULL,
    "mrr_after_minor" DECIMAL(38,12) NOT NULL,
    "subscription_id" TEXT NOT NULL,
    "plan_key" TEXT NOT NULL,

    CONSTRAINT "mrr_movements_pkey" PRIMARY KEY ("tenant_id","id")
);

-- CreateTable
CREATE TABLE "subscriptions" (
    "tenant_id" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "stripe_subscription_id" TEXT NOT NULL,
    "stripe_item_id" TEXT NOT NULL,
    "plan_version_id" TEXT NOT NULL,
    "plan_key" TEXT NOT NULL,
    "interval" "billing_interval" NOT NULL,
    "quantity" INTEGER NOT NULL DEFAULT 1,
    "status" "subscription_status" NOT NULL,
    "currency" TEXT NOT NULL,
    "price_minor" BIGINT NOT NULL,
    "anchor_at" TIMESTAMPTZ(6) NOT NULL,
    "current_period_start_at" TIMESTAMPTZ(6) NOT NULL,
    "current_period_end_at" TIMESTAMPTZ(6) NOT NULL,
    "cancel_at_period_end" BOOLEAN NOT NULL,
    "cancel_at" TIMESTAMPTZ(6),
    "canceled_at" TIMESTAMPTZ(6),
    "ended_at" TIMESTAMPTZ(6),
    "trial_end_at" TIMESTAMPTZ(6),
    "latest_stripe_invoice_id" TEXT,
    "stripe_payment_method_id" TEXT,
    "started_at" TIMESTAMPTZ(6) NOT NULL,
    "source_at" TIMESTAMPTZ(6) NOT NULL,
    "synced_at" TIMESTAMPTZ(6) NOT NULL,

    CONSTRAINT "subscriptions_pkey" PRIMARY KEY ("tenant_id","id")
);

-- CreateTable
CREATE TABLE "subscription_changes" (
    "tenant_id" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "occurred_at" TIMESTAMPTZ(6) NOT NULL,
    "kind" TEXT NOT NULL,
    "from_plan_key" TEXT NOT NULL,
    "to_plan_key" TEXT NOT NULL,
    "from_interval" "billing_interval",
    "to_interval" "billing_interval",
    "amount_minor" BIGINT,
    "currency" TEXT NOT NULL,
    "actor" TEXT NOT NULL,
    "reason" TEXT NOT NULL,
    "stripe_subscription_id" TEXT NOT NULL,

    CONSTRAINT "subscription_changes_pkey" PRIMARY KEY ("tenant_id","id")
);

-- CreateTable
CREATE TABLE "subscription_leases" (
    "tenant_id" TEXT NOT NULL,
    "request_id" TEXT NOT NULL,
    "actor" TEXT NOT NULL,
    "reason" TEXT NOT NULL,
    "held_until" TIMESTAMPTZ(6) NOT NULL,

    CONSTRAINT "subscription_leases_pkey" PRIMARY KEY ("tenant_id")
);

-- CreateTable
CREATE TABLE "tenants" (
    "id" TEXT NOT NULL,
    "slug" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "billing_email" TEXT NOT NULL,
    "time_zone" TEXT NOT NULL DEFAULT 'UTC',
    "stripe_customer_id" TEXT,
    "stripe_test_clock_id" TEXT,
    "created_at" TIMESTAMPTZ(6) NOT NULL,
    "deleted_at" TIMESTAMPTZ(6),

    CONSTRAINT "tenants_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "memberships" (
    "tenant_id" TEXT NOT NULL,
    "user_id" TEXT NOT NULL,
    "role" "membership_role" NOT NULL,
    "created_at" TIMESTAMPTZ(6) NOT NULL,

    CONSTRAINT "memberships_pkey" PRIMARY KEY ("tenant_id","user_id")
);

-- CreateTable
CREATE TABLE "api_keys" (
    "id" TEXT NOT NULL,
    "secret_hash" TEXT NOT NULL,
    "display" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "owner_id" TEXT,
    "created_at" TIMESTAMPTZ(6) NOT NULL,
    "last_used_at" TIMESTAMPTZ(6),
    "revoked_at" TIMESTAMPTZ(6),

    CONSTRAINT "api_keys_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "usage_terms" (
    "tenant_id" TEXT NOT NULL,
    "plan_version_id" TEXT NOT NULL,
    "subscription_id" TEXT,
    "anchor_at" TIMESTAMPTZ(6) NOT NULL,
    "effective_at" TIMESTAMPTZ(6) NOT NULL,
    "closed_by" "period_closer" NOT NULL,

    CONSTRAINT "usage_terms_pkey" PRIMARY KEY ("tenant_id")
);

-- CreateTable
CREATE TABLE "usage_periods" (
    "tenant_id" TEXT NOT NULL,
    "start_at" TIMESTAMPTZ(6) NOT NULL,
    "end_at" TIMESTAMPTZ(6) NOT NULL,
    "plan_version_id" TEXT NOT NULL,
    "subscription_id" TEXT,
    "status" "usage_period_status" NOT NULL,
    "closed_by" "period_closer" NOT NULL,
    "closed_at" TIMESTAMPTZ(6),

    CONSTRAINT "usage_periods_pkey" PRIMARY KEY ("tenant_id","start_at")
);

-- CreateTable
CREATE TABLE "usage_events" (
    "tenant_id" TEXT NOT NULL,
    "key" TEXT NOT NULL,
    "meter_key" TEXT NOT NULL,
    "quantity" DECIMAL(38,12) NOT NULL,
    "unit" TEXT,
    "occurred_at" TIMESTAMPTZ(6) NOT NULL,
    "received_at" TIMESTAMPTZ(6) NOT NULL,
    "period_start_at" TIMESTAMPTZ(6) NOT NULL,
    "metadata" JSONB NOT NULL,

    CONSTRAINT "usage_events_pkey" PRIMARY KEY ("tenant_id","key")
);

-- CreateTable
CREATE TABLE "usage_counters" (
    "tenant_id" TEXT NOT NULL,
    "period_start_at" TIMESTAMPTZ(6) NOT NULL,
    "meter_key" TEXT NOT NULL,
    "quantity" DECIMAL(38,12) NOT NULL,
    "event_count" BIGINT NOT NULL,
    "updated_at" TIMESTAMPTZ(6) NOT NULL,

    CONSTRAINT "usage_counters_pkey" PRIMARY KEY ("tenant_id","period_start_at","meter_key")
);

-- CreateTable
CREATE TABLE "overage_charges" (
    "tenant_id" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "period_start_at" TIMESTAMPTZ(6) NOT NULL,
    "meter_key" TEXT NOT NULL,
    "used_quantity" DECIMAL(38,12) NOT NULL,
    "included_quantity" DECIMAL(38,12) NOT NULL,
    "billed_quantity" DECIMAL(38,12) NOT NULL,
    "quantity" DECIMAL(38,12) NOT NULL,
    "unit_price" DECIMAL(38,12) NOT NULL,
    "amount_minor" BIGINT NOT NULL,
    "currency" TEXT NOT NULL,
    "event_count" BIGINT NOT NULL,
    "description" TEXT NOT NULL,
    "operation_id" TEXT NOT NULL,
    "stripe_invoice_item_id" TEXT,
    "stripe_invoice_id" TEXT,
    "created_at" TIMESTAMPTZ(6) NOT NULL,

    CONSTRAINT "overage_charges_pkey" PRIMARY KEY ("tenant_id","id")
);

-- CreateTable
CREATE TABLE "webhook_events" (
    "id" TEXT NOT NULL,
    "type" TEXT NOT NULL,
    "api_version" TEXT,
    "object_id" TEXT,
    "subject" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(6) NOT NULL,
    "received_at" TIMESTAMPTZ(6) NOT NULL,
    "payload" JSONB NOT NULL,
    "status" "webhook_event_status" NOT NULL,
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "due_at" TIMESTAMPTZ(6) NOT NULL,
    "leased_until" TIMESTAMPTZ(6),
    "note" TEXT,
    "settled_at" TIMESTAMPTZ(6),

    CONSTRAINT "webhook_events_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "audit_entries_tenant_id_occurred_at_idx" ON "audit_entries"("tenant_id", "occurred_at");

-- CreateIndex
CREATE UNIQUE INDEX "users_email_key" ON "users"("email");

-- CreateIndex
CREATE UNIQUE INDEX "accounts_provider_provider_account_id_key" ON "accounts"("provider", "provider_account_id");

-- CreateIndex
CREATE UNIQUE INDEX "sessions_session_token_key" ON "sessions"("session_token");

-- CreateIndex
CREATE UNIQUE INDEX "verification_tokens_token_key" ON "verification_tokens"("token");

-- CreateIndex
CREATE UNIQUE INDEX "verification_tokens_identifier_token_key" ON "verification_tokens"("identifier", "token");

-- CreateIndex
CREATE INDEX "plan_versions_status_rank_idx" ON "plan_versions"("status", "rank");

-- CreateIndex
CREATE UNIQUE INDEX "plan_versions_plan_key_version_key" ON "plan_versions"("plan_key", "version");

-- CreateIndex
CREATE INDEX "invoices_tenant_id_created_at_idx" ON "invoices"("tenant_id", "created_at");

-- CreateIndex
CREATE INDEX "invoices_status_issued_at_idx" ON "invoices"("status", "issued_at");

-- CreateIndex
CREATE UNIQUE INDEX "invoices_tenant_id_stripe_invoice_id_key" ON "invoices"("tenant_id", "stripe_invoice_id");

-- CreateIndex
CREATE UNIQUE INDEX "invoices_tenant_id_number_key" ON "invoices"("tenant_id", "number");

-- CreateIndex
CREATE UNIQUE INDEX "invoice_numbers_tenant_id_owner_key" ON "invoice_numbers"("tenant_id", "owner");

-- CreateIndex
CREATE UNIQUE INDEX "invoice_numbers_tenant_id_month_sequence_key" ON "invoice_numbers"("tenant_id", "month", "sequence");

-- CreateIndex
CREATE UNIQUE INDEX "mail_messages_dedupe_key_key" ON "mail_messages"("dedupe_key");

-- CreateIndex
CREATE INDEX "mail_messages_created_at_idx" ON "mail_messages"("created_at");

-- CreateIndex
CREATE INDEX "mail_messages_recipient_created_at_idx" ON "mail_messages"("recipient", "created_at");

-- CreateIndex
CREATE INDEX "operations_status_created_at_idx" ON "operations"("status", "created_at");

-- CreateIndex
CREATE UNIQUE INDEX "operations_tenant_id_request_id_key" ON "operations"("tenant_id", "request_id");

-- CreateIndex
CREATE INDEX "stored_replies_created_at_idx" ON "stored_replies"("created_at");

-- CreateIndex
CREATE INDEX "payments_tenant_id_created_at_idx" ON "payments"("tenant_id", "created_at");

-- CreateIndex
CREATE INDEX "payments_status_failed_at_idx" ON "payments"("status", "failed_at");

-- CreateIndex
CREATE INDEX "mrr_movements_occurred_at_idx" ON "mrr_movements"("occurred_at");

-- CreateIndex
CREATE INDEX "mrr_movements_tenant_id_occurred_at_idx" ON "mrr_movements"("tenant_id", "occurred_at");

-- CreateIndex
CREATE UNIQUE INDEX "mrr_movements_tenant_id_sequence_key" ON "mrr_movements"("tenant_id", "sequence");

-- CreateIndex
CREATE INDEX "subscriptions_status_plan_key_idx" ON "subscriptions"("status", "plan_key");

-- CreateIndex
CREATE UNIQUE INDEX "subscriptions_tenant_id_stripe_subscription_id_key" ON "subscriptions"("tenant_id", "stripe_subscription_id");

-- CreateIndex
CREATE INDEX "subscription_changes_tenant_id_occurred_at_idx" ON "subscription_changes"("tenant_id", "occurred_at");

-- CreateIndex
CREATE UNIQUE INDEX "tenants_slug_key" ON "tenants"("slug");

-- CreateIndex
CREATE UNIQUE INDEX "tenants_stripe_customer_id_key" ON "tenants"("stripe_customer_id");

-- CreateIndex
CREATE INDEX "memberships_user_id_idx" ON "memberships"("user_id");

-- CreateIndex
CREATE UNIQUE INDEX "api_keys_secret_hash_key" ON "api_keys"("secret_hash");

-- CreateIndex
CREATE INDEX "api_keys_owner_id_idx" ON "api_keys"("owner_id");

-- CreateIndex
CREATE INDEX "usage_periods_status_end_at_idx" ON "usage_periods"("status", "end_at");

-- CreateIndex
CREATE INDEX "usage_events_tenant_id_meter_key_period_start_at_occurred_a_idx" ON "usage_events"("tenant_id", "meter_key", "period_start_at", "occurred_at");

-- CreateIndex
CREATE INDEX "overage_charges_tenant_id_period_start_at_meter_key_idx" ON "overage_charges"("tenant_id", "period_start_at", "meter_key");

-- CreateIndex
CREATE INDEX "overage_charges_tenant_id_stripe_invoice_id_idx" ON "overage_charges"("tenant_id", "stripe_invoice_id");

-- CreateIndex
CREATE UNIQUE INDEX "overage_charges_tenant_id_operation_id_meter_key_period_sta_key" ON "overage_charges"("tenant_id", "operation_id", "meter_key", "period_start_at");

-- CreateIndex
CREATE INDEX "webhook_events_status_due_at_received_at_idx" ON "webhook_events"("status", "due_at", "received_at");

-- CreateIndex
CREATE INDEX "webhook_events_subject_status_idx" ON "webhook_events"("subject", "status");

-- CreateIndex
CREATE INDEX "webhook_events_object_id_idx" ON "webhook_events"("object_id");

-- AddForeignKey
ALTER TABLE "accounts" ADD CONSTRAINT "accounts_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "sessions" ADD CONSTRAINT "sessions_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "invoice_lines" ADD CONSTRAINT "invoice_lines_tenant_id_invoice_id_fkey" FOREIGN KEY ("tenant_id", "invoice_id") REFERENCES "invoices"("tenant_id", "id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "memberships" ADD CONSTRAINT "memberships_tenant_id_fkey" FOREIGN KEY ("tenant_id") REFERENCES "tenants"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "memberships" ADD CONSTRAINT "memberships_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;
