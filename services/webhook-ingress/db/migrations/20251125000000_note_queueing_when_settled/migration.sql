SET LOCAL lock_timeout = '1s';
SET LOCAL statement_timeout = '30s';

-- Only the sweeper marks what it queued. A delivery that is settled without such a mark was queued right after it
-- was received.
CREATE OR REPLACE FUNCTION "settle_deliveries"(ids TEXT[], at TIMESTAMPTZ) RETURNS VOID
LANGUAGE sql SECURITY DEFINER SET search_path = ingress, pg_temp
AS $$
    SELECT set_config('synchronous_commit', 'off', true);
    UPDATE delivery SET settled_at = at, queued_at = coalesce(queued_at, received_at)
    WHERE id = ANY(ids) AND settled_at IS NULL
$$;
