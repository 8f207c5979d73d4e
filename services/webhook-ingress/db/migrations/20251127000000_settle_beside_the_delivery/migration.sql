SET LOCAL lock_timeout = '1s';
SET LOCAL statement_timeout = '30s';

-- How far a delivery has come, beside the delivery and not in it: settling used to write a kilobyte of payload and five
-- indexes' entries anew. A delivery that was settled before this table has no row here, and its own marks count.
CREATE TABLE "delivery_progress" (
    "id" TEXT NOT NULL,
    "tenant_id" TEXT NOT NULL,
    "received_at" TIMESTAMPTZ(3) NOT NULL,
    "queued_at" TIMESTAMPTZ(3),
    "settled_at" TIMESTAMPTZ(3),
    CONSTRAINT "delivery_progress_pkey" PRIMARY KEY ("id")
);
-- What the sweeper looks for. Prisma cannot express a partial index; it does not see it either.
CREATE INDEX "delivery_progress_unsettled" ON "delivery_progress"("received_at") WHERE "settled_at" IS NULL;
ALTER TABLE "delivery_progress" SET (autovacuum_vacuum_scale_factor = 0.05);

ALTER TABLE "delivery_progress" ENABLE ROW LEVEL SECURITY;
CREATE POLICY "tenant_scope" ON "delivery_progress"
    USING ("tenant_id" = current_setting('app.tenant_id', true))
    WITH CHECK ("tenant_id" = current_setting('app.tenant_id', true));
REVOKE DELETE, TRUNCATE ON "delivery_progress" FROM ingress_app;

-- The new functions and what they need of older deliveries come at once, so none falls in between.
LOCK TABLE "delivery" IN SHARE ROW EXCLUSIVE MODE;
INSERT INTO "delivery_progress" ("id", "tenant_id", "received_at", "queued_at")
SELECT "id", "tenant_id", "received_at", "queued_at" FROM "delivery" WHERE "settled_at" IS NULL;

CREATE OR REPLACE FUNCTION "accept_deliveries"(
    ids TEXT[], tenant_ids TEXT[], client_ids TEXT[], connection_ids TEXT[], providers TEXT[],
    types TEXT[], dedupe_keys TEXT[], signature_hashes TEXT[], payloads TEXT[],
    correlation_ids TEXT[], traceparents TEXT[], received TIMESTAMPTZ
) RETURNS TABLE (given_id TEXT, outcome TEXT, existing_id TEXT)
LANGUAGE sql SECURITY DEFINER SET search_path = ingress, pg_temp
AS $$
    WITH stored AS (
        INSERT INTO delivery (id, tenant_id, client_id, connection_id, provider, type, dedupe_key,
                              signature_hash, payload, correlation_id, traceparent, received_at)
        SELECT g.id, g.tenant_id, g.client_id, g.connection_id, g.provider, g.type, g.dedupe_key,
               g.signature_hash, g.payload::jsonb, g.correlation_id, g.traceparent, received
        FROM unnest(ids, tenant_ids, client_ids, connection_ids, providers, types,
                    dedupe_keys, signature_hashes, payloads, correlation_ids, traceparents)
            AS g(id, tenant_id, client_id, connection_id, provider, type,
                 dedupe_key, signature_hash, payload, correlation_id, traceparent)
        ON CONFLICT DO NOTHING
        RETURNING delivery.id, delivery.tenant_id
    ), begun AS (
        INSERT INTO delivery_progress (id, tenant_id, received_at)
        SELECT s.id, s.tenant_id, received FROM stored s
    )
    SELECT s.id, 'stored', s.id FROM stored s
$$;

-- Stored but not queued for `unqueued_before`, or queued but not settled since `unsettled_before`.
CREATE OR REPLACE FUNCTION "list_stranded"(unqueued_before TIMESTAMPTZ, unsettled_before TIMESTAMPTZ, most INTEGER)
RETURNS TABLE (id TEXT, tenant_id TEXT, client_id TEXT, correlation_id TEXT, traceparent TEXT)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = ingress, pg_temp
AS $$
    SELECT d.id, d.tenant_id, d.client_id, d.correlation_id, d.traceparent
    FROM (
        SELECT p.id, p.received_at FROM delivery_progress p
        WHERE p.settled_at IS NULL AND p.received_at < unqueued_before
          AND (p.queued_at IS NULL OR p.queued_at < unsettled_before)
        ORDER BY p.received_at LIMIT most
    ) AS stranded
    JOIN delivery d ON d.id = stranded.id
    ORDER BY stranded.received_at
$$;

CREATE OR REPLACE FUNCTION "mark_queued"(ids TEXT[], at TIMESTAMPTZ) RETURNS VOID
LANGUAGE sql SECURITY DEFINER SET search_path = ingress, pg_temp
AS $$
    SELECT set_config('synchronous_commit', 'off', true);
    UPDATE delivery_progress SET queued_at = at WHERE id = ANY(ids) AND settled_at IS NULL
$$;

-- Only the sweeper marks what it queued. A delivery that is settled without such a mark was queued right after it
-- was received.
CREATE OR REPLACE FUNCTION "settle_deliveries"(ids TEXT[], at TIMESTAMPTZ) RETURNS VOID
LANGUAGE sql SECURITY DEFINER SET search_path = ingress, pg_temp
AS $$
    SELECT set_config('synchronous_commit', 'off', true);
    UPDATE delivery_progress SET settled_at = at, queued_at = coalesce(queued_at, received_at)
    WHERE id = ANY(ids) AND settled_at IS NULL
$$;

-- The release before this one replays a delivery by taking its marks off the delivery.
CREATE FUNCTION "begin_again"() RETURNS TRIGGER
LANGUAGE plpgsql SECURITY DEFINER SET search_path = ingress, pg_temp
AS $$
BEGIN
    INSERT INTO delivery_progress AS p (id, tenant_id, received_at)
    VALUES (NEW.id, NEW.tenant_id, NEW.received_at)
    ON CONFLICT (id) DO UPDATE SET queued_at = NULL, settled_at = NULL;
    RETURN NEW;
END
$$;
CREATE TRIGGER "begin_again" AFTER UPDATE OF "settled_at" ON "delivery"
    FOR EACH ROW WHEN (NEW."settled_at" IS NULL) EXECUTE FUNCTION "begin_again"();

ALTER TABLE "delivery" RESET (fillfactor);
