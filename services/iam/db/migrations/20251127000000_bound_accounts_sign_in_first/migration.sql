SET LOCAL lock_timeout = '1s';
SET LOCAL statement_timeout = '30s';

-- A user is found by issuer and subject, or by verified email as long as nobody has bound it. Any tenant can invite any email, so
-- an invitation counts for somebody who has an account in no other tenant; only one to the platform itself comes first.
CREATE OR REPLACE FUNCTION find_sign_in(wanted_issuer TEXT, wanted_subject TEXT, verified_email TEXT)
RETURNS TABLE (tenant_id TEXT, user_id TEXT)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT u.tenant_id, u.id
    FROM app_user u JOIN tenant t ON t.tenant_id = u.tenant_id
    WHERE ((u.issuer = wanted_issuer AND u.subject = wanted_subject) OR (u.subject IS NULL AND u.email = lower(verified_email)))
        AND EXISTS (SELECT 1 FROM member m WHERE m.tenant_id = u.tenant_id AND m.user_id = u.id)
    ORDER BY u.tenant_id <> 'ten_00000000000000000000000000', u.subject IS NULL, t.created_at, t.tenant_id
    LIMIT 1;
END;
