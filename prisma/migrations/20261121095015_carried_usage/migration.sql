-- AlterTable
ALTER TABLE "usage_counters" ADD COLUMN     "carried" DECIMAL(38,12) NOT NULL DEFAULT 0;
