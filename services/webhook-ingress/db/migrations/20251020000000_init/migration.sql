CREATE TABLE "delivery" (
    "id" TEXT NOT NULL,
    "tenant_id" TEXT NOT NULL,
    "client_id" TEXT,
    "connection_id" TEXT NOT NULL,
    "provider" TEXT NOT NULL,
    "type" TEXT NOT NULL,
    "dedupe_key" TEXT NOT NULL,
    "signature_hash" TEXT NOT NULL,
    "payload" JSONB NOT NULL,
    "correlation_id" TEXT NOT NULL,
    "traceparent" TEXT NOT NULL,
    "received_at" TIMESTAMPTZ(3) NOT NULL,
    "queued_at" TIMESTAMPTZ(3),
    "settled_at" TIMESTAMPTZ(3),
    "deliveries" INTEGER NOT NULL DEFAULT 1,
    CONSTRAINT "delivery_pkey" PRIMARY KEY ("id")
);
CREATE UNIQUE INDEX "delivery_dedupe" ON "delivery"("connection_id", "dedupe_key");
CREATE UNIQUE INDEX "delivery_signature" ON "delivery"("signature_hash");
CREATE INDEX "delivery_newest" ON "delivery"("tenant_id", "id" DESC);
-- What the sweeper looks for. Prisma cannot express a partial index; it does not see it either.
CREATE INDEX "delivery_unsettled" ON "delivery"("received_at") WHERE "settled_at" IS NULL;

ALTER TABLE "delivery" ENABLE ROW LEVEL SECURITY;
CREATE POLICY "tenant_scope" ON "delivery"
    USING ("tenant_id" = current_setting('app.tenant_id', true))
    WITH CHECK ("tenant_id" = current_setting('app.tenant_id', true));

-- The intake stores deliveries of many tenants in one statement; each row's tenant is that of the
-- connection whose secret its signature was verified with. Outcome: 'stored', 'duplicate' (same
-- connection and dedupe key; counted) or 'unknown' (a conflict this snapshot cannot explain: ask
-- explain_conflict in a new statement).
CREATE FUNCTION "accept_deliveries"(
    ids TEXT[], tenant_ids TEXT[], client_ids TEXT[], connection_ids TEXT[], providers TEXT[],
    types TEXT[], dedupe_keys TEXT[], signature_hashes TEXT[], payloads TEXT[],
    correlation_ids TEXT[], traceparents TEXT[], received TIMESTAMPTZ
) RETURNS TABLE (given_id TEXT, outcome TEXT, existing_id TEXT)
LANGUAGE sql SECURITY DEFINER SET search_path = ingress, pg_temp
AS $$
    WITH given AS (
        SELECT * FROM unnest(ids, tenant_ids, client_ids, connection_ids, providers, types,
                             dedupe_keys, signature_hashes, payloads, correlation_ids, traceparents)
            AS g(id, tenant_id, client_id, connection_id, provider, type,
                 dedupe_key, signature_hash, payload, correlation_id, traceparent)
    ), stored AS (
        INSERT INTO delivery (id, tenant_id, client_id, connection_id, provider, type, dedupe_key,
                              signature_hash, payload, correlation_id, traceparent, received_at)
        SELECT g.id, g.tenant_id, g.client_id, g.connection_id, g.provider, g.type, g.dedupe_key,
               g.signature_hash, g.payload::jsonb, g.correlation_id, g.traceparent, received
        FROM given g
        ON CONFLICT DO NOTHING
        RETURNING delivery.id
    ), repeated AS (
        UPDATE delivery d SET deliveries = d.deliveries + 1
        FROM given g
        WHERE d.connection_id = g.connection_id AND d.dedupe_key = g.dedupe_key
        RETURNING g.id AS given_id, d.id AS existing_id
    )
    SELECT g.id,
           CASE WHEN s.id IS NOT NULL THEN 'stored' WHEN r.existing_id IS NOT NULL THEN 'duplicate' ELSE 'unknown' END,
           coalesce(s.id, r.existing_id)
    FROM given g
    LEFT JOIN stored s ON s.id = g.id
    LEFT JOIN repeated r ON r.given_id = g.id
$$;

-- The delivery that stands in the way of a new one: the same event, or nothing when only the signature was
-- used before.
CREATE FUNCTION "explain_conflict"(connection TEXT, dedupe TEXT) RETURNS TEXT
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = ingress, pg_temp
AS $$ SELECT id FROM delivery WHERE connection_id = connection AND dedupe_key = dedupe $$;

-- Stored but not queued for `unqueued_before`, or queued but not settled since `unsettled_before`.
CREATE FUNCTION "list_stranded"(unqueued_before TIMESTAMPTZ, unsettled_before TIMESTAMPTZ, most INTEGER)
RETURNS TABLE (id TEXT, tenant_id TEXT, client_id TEXT, correlation_id TEXT, traceparent TEXT)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = ingress, pg_temp
AS $$
    SELECT d.id, d.tenant_id, d.client_id, d.correlation_id, d.traceparent FROM delivery d
    WHERE d.settled_at IS NULL
      AND ((d.queued_at IS NULL AND d.received_at < unqueued_before) OR d.queued_at < unsettled_before)
    ORDER BY d.received_at LIMIT most
$$;

CREATE FUNCTION "mark_queued"(ids TEXT[], at TIMESTAMPTZ) RETURNS VOID
LANGUAGE sql SECURITY DEFINER SET search_path = ingress, pg_temp
AS $$ UPDATE delivery SET queued_at = at WHERE id = ANY(ids) AND settled_at IS NULL $$;

-- For the worker that was handed ids of many tenants; it is a service and acts for each tenant in turn.
CREATE FUNCTION "fetch_deliveries"(ids TEXT[]) RETURNS SETOF "delivery"
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = ingress, pg_temp
AS $$ SELECT * FROM delivery WHERE id = ANY(ids) $$;

CREATE FUNCTION "settle_deliveries"(ids TEXT[], at TIMESTAMPTZ) RETURNS VOID
LANGUAGE sql SECURITY DEFINER SET search_path = ingress, pg_temp
AS $$ UPDATE delivery SET settled_at = at WHERE id = ANY(ids) AND settled_at IS NULL $$;

REVOKE DELETE, TRUNCATE ON "delivery" FROM ingress_app;

CREATE TABLE "audit_event" (
    "id" TEXT NOT NULL,
    "tenant_id" TEXT NOT NULL,
    "sequence" BIGINT NOT NULL,
    "action" TEXT NOT NULL,
    "actor_kind" TEXT NOT NULL,
    "actor_id" TEXT NOT NULL,
    "resource" TEXT NOT NULL,
    "client_id" TEXT,
    "correlation_id" TEXT NOT NULL,
    "occurred_at" TIMESTAMPTZ(3) NOT NULL,
    "detail" JSONB NOT NULL,
    "previous_hash" TEXT NOT NULL,
    "hash" TEXT NOT NULL,
    CONSTRAINT "audit_event_pkey" PRIMARY KEY ("id")
);
CREATE UNIQUE INDEX "audit_event_tenant_id_sequence_key" ON "audit_event"("tenant_id", "sequence");
CREATE INDEX "audit_event_tenant_id_occurred_at_idx" ON "audit_event"("tenant_id", "occurred_at");
ALTER TABLE "audit_event" ENABLE ROW LEVEL SECURITY;
CREATE POLICY tenant_scope ON "audit_event"
    USING (tenant_id = current_setting('app.tenant_id', true))
    WITH CHECK (tenant_id = current_setting('app.tenant_id', true));
REVOKE UPDATE, DELETE, TRUNCATE ON "audit_event" FROM ingress_app;
