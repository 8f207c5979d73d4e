-- The intake only inserts. A delivery that is not among the rows answered met a conflict, which explain_conflict
-- counts and explains; that is rare, and used to cost every delivery an index probe.
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
        RETURNING delivery.id
    )
    SELECT s.id, 'stored', s.id FROM stored s
$$;

-- Marks may be lost with a crash of the server: the sweeper then queues a delivery again, and the worker settles it again.
-- So they do not wait for the disk, and room is left on each page for the marked row.
CREATE OR REPLACE FUNCTION "mark_queued"(ids TEXT[], at TIMESTAMPTZ) RETURNS VOID
LANGUAGE sql SECURITY DEFINER SET search_path = ingress, pg_temp
AS $$
    SELECT set_config('synchronous_commit', 'off', true);
    UPDATE delivery SET queued_at = at WHERE id = ANY(ids) AND settled_at IS NULL
$$;

CREATE OR REPLACE FUNCTION "settle_deliveries"(ids TEXT[], at TIMESTAMPTZ) RETURNS VOID
LANGUAGE sql SECURITY DEFINER SET search_path = ingress, pg_temp
AS $$
    SELECT set_config('synchronous_commit', 'off', true);
    UPDATE delivery SET settled_at = at WHERE id = ANY(ids) AND settled_at IS NULL
$$;

ALTER TABLE "delivery" SET (fillfactor = 60);
