-- CreateEnum
CREATE TYPE "credit_note_status" AS ENUM ('issued', 'void');

-- AlterTable
ALTER TABLE "refunds" ADD COLUMN     "credited_minor" BIGINT,
ADD COLUMN     "credited_tax_minor" BIGINT;

-- CreateTable
CREATE TABLE "credit_notes" (
    "tenant_id" TEXT NOT NULL,
    "stripe_credit_note_id" TEXT NOT NULL,
    "stripe_invoice_id" TEXT NOT NULL,
    "number" TEXT NOT NULL,
    "status" "credit_note_status" NOT NULL,
    "currency" TEXT NOT NULL,
    "total_minor" BIGINT NOT NULL,
    "tax_minor" BIGINT NOT NULL,
    "stripe_refund_id" TEXT,
    "created_at" TIMESTAMPTZ(6) NOT NULL,
    "synced_at" TIMESTAMPTZ(6) NOT NULL,

    CONSTRAINT "credit_notes_pkey" PRIMARY KEY ("tenant_id","stripe_credit_note_id")
);

-- CreateIndex
CREATE INDEX "credit_notes_tenant_id_stripe_invoice_id_idx" ON "credit_notes"("tenant_id", "stripe_invoice_id");

-- CreateIndex
CREATE INDEX "credit_notes_status_created_at_idx" ON "credit_notes"("status", "created_at");

-- The last line behind the rules in code: a note takes back no more than its refund gives, and no more tax than that.
ALTER TABLE "refunds" ADD CONSTRAINT "refunds_credited_within" CHECK (
  ("credited_minor" IS NULL) = ("credited_tax_minor" IS NULL)
  AND ("credited_minor" IS NULL OR ("credited_minor" BETWEEN 0 AND "amount_minor"
    AND "credited_tax_minor" BETWEEN 0 AND "credited_minor"))
);
