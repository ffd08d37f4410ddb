-- AlterTable
ALTER TABLE "subscription_changes" ADD COLUMN     "from_seats" INTEGER,
ADD COLUMN     "to_seats" INTEGER;
