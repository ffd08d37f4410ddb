-- DropIndex
DROP INDEX "subscription_changes_tenant_id_occurred_at_idx";

-- AlterTable
ALTER TABLE "operations" ADD COLUMN     "holds" TEXT;

-- AlterTable
ALTER TABLE "subscription_changes" ADD COLUMN     "position" BIGSERIAL NOT NULL;

-- CreateIndex
CREATE UNIQUE INDEX "operations_tenant_id_holds_key" ON "operations"("tenant_id", "holds");

-- CreateIndex
CREATE INDEX "subscription_changes_tenant_id_occurred_at_position_idx" ON "subscription_changes"("tenant_id", "occurred_at", "position");
