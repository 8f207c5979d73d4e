SET LOCAL lock_timeout = '1s';
SET LOCAL statement_timeout = '30s';

-- Two numbers for the metrics, nothing of any tenant: an active tenant has somebody who may sign in.
CREATE FUNCTION count_active()
RETURNS TABLE (tenants BIGINT, clients BIGINT)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    WITH active AS MATERIALIZED (
        SELECT t.tenant_id FROM tenant t
        WHERE t.tenant_id <> 'ten_00000000000000000000000000'
            AND EXISTS (SELECT 1 FROM member m WHERE m.tenant_id = t.tenant_id)
    )
    SELECT (SELECT count(*) FROM active),
        (SELECT count(*) FROM client c WHERE c.tenant_id IN (SELECT a.tenant_id FROM active a));
END;
