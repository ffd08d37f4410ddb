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

-- A change stands once it is told; only what it cost, which whoever asked for it learns last, arrives later.
CREATE FUNCTION refuse_told_change() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
  IF OLD."amount_minor" IS NOT NULL OR to_jsonb(NEW) - 'amount_minor' IS DISTINCT FROM to_jsonb(OLD) - 'amount_minor' THEN
    RAISE EXCEPTION 'subscription_changes is append only but for the amount: % refused', TG_OP
      USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END;
$$;

DROP TRIGGER subscription_changes_append_only ON "subscription_changes";

CREATE TRIGGER subscription_changes_keep_terms BEFORE UPDATE ON "subscription_changes"
  FOR EACH ROW EXECUTE FUNCTION refuse_told_change();

CREATE TRIGGER subscription_changes_append_only BEFORE DELETE OR TRUNCATE ON "subscription_changes"
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
