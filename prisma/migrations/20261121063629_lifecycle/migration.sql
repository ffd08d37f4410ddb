-- AlterTable
ALTER TABLE "catalog_state" ADD COLUMN     "change_policy" JSONB NOT NULL DEFAULT '{}',
ADD COLUMN     "dunning" JSONB NOT NULL DEFAULT '{}';

-- AlterTable
ALTER TABLE "plan_versions" ADD COLUMN     "made_for_tenant_id" TEXT,
ADD COLUMN     "stripe_annual_seat_price_id" TEXT,
ADD COLUMN     "stripe_monthly_seat_price_id" TEXT;

-- AlterTable
ALTER TABLE "subscriptions" DROP COLUMN "quantity",
ADD COLUMN     "additional_seats" INTEGER NOT NULL DEFAULT 0,
ADD COLUMN     "discounts" JSONB NOT NULL DEFAULT '[]',
ADD COLUMN     "pending_update_expires_at" TIMESTAMPTZ(6),
ADD COLUMN     "scheduled_at" TIMESTAMPTZ(6),
ADD COLUMN     "scheduled_interval" "billing_interval",
ADD COLUMN     "scheduled_plan_version_id" TEXT,
ADD COLUMN     "scheduled_seats" INTEGER,
ADD COLUMN     "seats" INTEGER,
ADD COLUMN     "stripe_schedule_id" TEXT,
ADD COLUMN     "stripe_seat_item_id" TEXT;

-- CreateTable
CREATE TABLE "quotes" (
    "tenant_id" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "wish" JSONB NOT NULL,
    "quote" JSONB NOT NULL,
    "basis" TEXT NOT NULL,
    "proration_at" TIMESTAMPTZ(6) NOT NULL,
    "expires_at" TIMESTAMPTZ(6) NOT NULL,
    "operation_id" TEXT,
    "actor" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(6) NOT NULL,

    CONSTRAINT "quotes_pkey" PRIMARY KEY ("tenant_id","id")
);

-- CreateTable
CREATE TABLE "trials_taken" (
    "tenant_id" TEXT NOT NULL,
    "plan_key" TEXT NOT NULL,
    "operation_id" TEXT NOT NULL,
    "taken_at" TIMESTAMPTZ(6) NOT NULL,

    CONSTRAINT "trials_taken_pkey" PRIMARY KEY ("tenant_id")
);

-- CreateIndex
CREATE INDEX "quotes_expires_at_idx" ON "quotes"("expires_at");
