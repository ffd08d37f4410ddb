-- AlterTable
ALTER TABLE "invoice_lines" ADD COLUMN     "details" JSONB NOT NULL DEFAULT '[]';

-- AlterTable
ALTER TABLE "overage_charges" ADD COLUMN     "details" JSONB NOT NULL DEFAULT '[]',
ALTER COLUMN "unit_price" DROP NOT NULL;

-- AlterTable
ALTER TABLE "plan_versions" DROP COLUMN "terms_hash";

-- CreateTable
CREATE TABLE "usage_unique_values" (
    "tenant_id" TEXT NOT NULL,
    "period_start_at" TIMESTAMPTZ(6) NOT NULL,
    "meter_key" TEXT NOT NULL,
    "value" TEXT NOT NULL,
    "key" TEXT NOT NULL,

    CONSTRAINT "usage_unique_values_pkey" PRIMARY KEY ("tenant_id","period_start_at","meter_key","value")
);

-- Terms of plan versions say overage as a price of one of several models; so far there was one, per unit.
UPDATE "plan_versions"
SET "terms" = jsonb_set("terms", '{allowances}', (
  SELECT coalesce(jsonb_agg(
    (allowance - 'overageUnitPrice') || jsonb_build_object('overage', CASE
      WHEN allowance ->> 'overageUnitPrice' IS NULL THEN 'null'::jsonb
      ELSE jsonb_build_object('model', 'per_unit', 'unitPrice', allowance -> 'overageUnitPrice')
    END)
    ORDER BY position), '[]'::jsonb)
  FROM jsonb_array_elements("terms" -> 'allowances') WITH ORDINALITY AS stated(allowance, position)
))
WHERE "terms" -> 'allowances' @? '$[*].overageUnitPrice';
