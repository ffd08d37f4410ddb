-- AlterTable
ALTER TABLE "catalog_state" ADD COLUMN     "adopted_tax_rate_id" TEXT;
