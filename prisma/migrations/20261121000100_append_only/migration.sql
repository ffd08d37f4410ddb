-- Rules that a schema file cannot say. Books are written once: a correction is a new row, so no statement of ours, and no
-- slip of an operator's hand, may change or remove what was written.

CREATE FUNCTION refuse_change() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% is append only: % refused', TG_TABLE_NAME, TG_OP USING ERRCODE = 'restrict_violation';
END;
$$;

CREATE TRIGGER audit_entries_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON "audit_entries"
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TRIGGER mrr_movements_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON "mrr_movements"
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TRIGGER subscription_changes_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON "subscription_changes"
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE TRIGGER usage_events_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON "usage_events"
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- A charge stands once it is written; only Stripe's ids for it arrive later.
CREATE FUNCTION refuse_charge_change() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
  IF to_jsonb(NEW) - ARRAY['stripe_invoice_item_id', 'stripe_invoice_id']
     IS DISTINCT FROM to_jsonb(OLD) - ARRAY['stripe_invoice_item_id', 'stripe_invoice_id'] THEN
    RAISE EXCEPTION 'overage_charges is append only but for the ids of Stripe: % refused', TG_OP
      USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END;
$$;

CREATE TRIGGER overage_charges_keep_terms BEFORE UPDATE ON "overage_charges"
  FOR EACH ROW EXECUTE FUNCTION refuse_charge_change();

CREATE TRIGGER overage_charges_append_only BEFORE DELETE OR TRUNCATE ON "overage_charges"
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- An event is kept exactly as Stripe sent it; the projector moves its status, never its content.
CREATE FUNCTION refuse_event_change() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
  IF NEW."payload" IS DISTINCT FROM OLD."payload" OR NEW."type" IS DISTINCT FROM OLD."type" OR NEW."id" <> OLD."id" THEN
    RAISE EXCEPTION 'webhook_events keeps what Stripe sent: % refused', TG_OP USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END;
$$;

CREATE TRIGGER webhook_events_keep_content BEFORE UPDATE ON "webhook_events"
  FOR EACH ROW EXECUTE FUNCTION refuse_event_change();

-- The last line behind the rules in code: usage is never negative, and a period is not empty.
ALTER TABLE "usage_events" ADD CONSTRAINT "usage_events_quantity_not_negative" CHECK ("quantity" >= 0);
ALTER TABLE "usage_counters" ADD CONSTRAINT "usage_counters_not_negative" CHECK ("quantity" >= 0 AND "event_count" >= 0);
ALTER TABLE "usage_periods" ADD CONSTRAINT "usage_periods_not_empty" CHECK ("end_at" > "start_at");
