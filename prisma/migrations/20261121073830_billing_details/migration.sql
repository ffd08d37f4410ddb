-- AlterTable
ALTER TABLE "invoices" ADD COLUMN     "statement" JSONB;

-- CreateTable
CREATE TABLE "billing_details" (
    "tenant_id" TEXT NOT NULL,
    "legal_name" TEXT NOT NULL,
    "phone" TEXT,
    "line1" TEXT,
    "line2" TEXT,
    "city" TEXT,
    "state" TEXT,
    "postal_code" TEXT,
    "country" TEXT,
    "tax_exempt" TEXT NOT NULL,
    "purchase_order" TEXT,
    "source_at" TIMESTAMPTZ(6) NOT NULL,
    "synced_at" TIMESTAMPTZ(6) NOT NULL,

    CONSTRAINT "billing_details_pkey" PRIMARY KEY ("tenant_id")
);

-- CreateTable
CREATE TABLE "tax_ids" (
    "tenant_id" TEXT NOT NULL,
    "stripe_tax_id" TEXT NOT NULL,
    "type" TEXT NOT NULL,
    "value" TEXT NOT NULL,
    "country" TEXT,
    "status" TEXT NOT NULL,
    "verified_name" TEXT,
    "created_at" TIMESTAMPTZ(6) NOT NULL,

    CONSTRAINT "tax_ids_pkey" PRIMARY KEY ("tenant_id","stripe_tax_id")
);
