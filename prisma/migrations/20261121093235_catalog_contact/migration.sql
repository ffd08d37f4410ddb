-- AlterTable
ALTER TABLE "catalog_state" ADD COLUMN     "contact" TEXT;
