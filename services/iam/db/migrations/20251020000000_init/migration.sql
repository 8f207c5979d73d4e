-- Tables ---------------------------------------------------------------------------------------------------------

CREATE TABLE "tenant" (
    "tenant_id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    CONSTRAINT "tenant_pkey" PRIMARY KEY ("tenant_id")
);

CREATE TABLE "client" (
    "id" TEXT NOT NULL,
    "tenant_id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "time_zone" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    CONSTRAINT "client_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "client_tenant_id_fkey" FOREIGN KEY ("tenant_id")
        REFERENCES "tenant" ("tenant_id") ON DELETE RESTRICT ON UPDATE RESTRICT
);
CREATE UNIQUE INDEX "client_tenant_id_id_key" ON "client" ("tenant_id", "id");

CREATE TABLE "agent" (
    "id" TEXT NOT NULL,
    "tenant_id" TEXT NOT NULL,
    "client_id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "channel" TEXT NOT NULL CHECK ("channel" IN ('voice', 'text')),
    "external_id" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    CONSTRAINT "agent_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "agent_tenant_id_client_id_fkey" FOREIGN KEY ("tenant_id", "client_id")
        REFERENCES "client" ("tenant_id", "id") ON DELETE RESTRICT ON UPDATE RESTRICT
);
CREATE INDEX "agent_tenant_id_id_idx" ON "agent" ("tenant_id", "id");
CREATE INDEX "agent_tenant_id_client_id_idx" ON "agent" ("tenant_id", "client_id");

CREATE TABLE "app_user" (
    "id" TEXT NOT NULL,
    "tenant_id" TEXT NOT NULL,
    "email" TEXT NOT NULL CHECK ("email" = lower("email")),
    "name" TEXT NOT NULL,
    "issuer" TEXT,
    "subject" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    CONSTRAINT "app_user_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "app_user_bound_once" CHECK (("issuer" IS NULL) = ("subject" IS NULL)),
    CONSTRAINT "app_user_tenant_id_fkey" FOREIGN KEY ("tenant_id")
        REFERENCES "tenant" ("tenant_id") ON DELETE RESTRICT ON UPDATE RESTRICT
);
CREATE UNIQUE INDEX "app_user_tenant_id_id_key" ON "app_user" ("tenant_id", "id");
CREATE UNIQUE INDEX "app_user_tenant_id_email_key" ON "app_user" ("tenant_id", "email");
CREATE UNIQUE INDEX "app_user_issuer_subject_tenant_id_key" ON "app_user" ("issuer", "subject", "tenant_id");
CREATE INDEX "app_user_email_idx" ON "app_user" ("email");

CREATE TABLE "member" (
    "id" TEXT NOT NULL,
    "tenant_id" TEXT NOT NULL,
    "user_id" TEXT NOT NULL,
    "client_id" TEXT,
    "role" TEXT NOT NULL CHECK ("role" IN ('owner', 'operator', 'viewer', 'staff')),
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    CONSTRAINT "member_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "member_staff_is_platform" CHECK (("role" = 'staff') = ("tenant_id" = 'ten_00000000000000000000000000')),
    CONSTRAINT "member_tenant_id_user_id_fkey" FOREIGN KEY ("tenant_id", "user_id")
        REFERENCES "app_user" ("tenant_id", "id") ON DELETE RESTRICT ON UPDATE RESTRICT,
    CONSTRAINT "member_tenant_id_client_id_fkey" FOREIGN KEY ("tenant_id", "client_id")
        REFERENCES "client" ("tenant_id", "id") ON DELETE RESTRICT ON UPDATE RESTRICT
);
-- One grant per person and scope; the tenant-wide one has no client.
CREATE UNIQUE INDEX "member_tenant_id_user_id_client_id_key"
    ON "member" ("tenant_id", "user_id", "client_id") NULLS NOT DISTINCT;
CREATE INDEX "member_tenant_id_id_idx" ON "member" ("tenant_id", "id");

CREATE TABLE "session" (
    "id" TEXT NOT NULL,
    "tenant_id" TEXT NOT NULL,
    "user_id" TEXT NOT NULL,
    "token_hash" TEXT NOT NULL,
    "user_agent" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "revoked_at" TIMESTAMPTZ(3),
    CONSTRAINT "session_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "session_tenant_id_user_id_fkey" FOREIGN KEY ("tenant_id", "user_id")
        REFERENCES "app_user" ("tenant_id", "id") ON DELETE RESTRICT ON UPDATE RESTRICT
);
CREATE UNIQUE INDEX "session_token_hash_key" ON "session" ("token_hash");
CREATE INDEX "session_tenant_id_id_idx" ON "session" ("tenant_id", "id");
CREATE INDEX "session_tenant_id_user_id_idx" ON "session" ("tenant_id", "user_id");

CREATE TABLE "api_key" (
    "id" TEXT NOT NULL,
    "tenant_id" TEXT NOT NULL,
    "client_id" TEXT,
    "name" TEXT NOT NULL,
    "role" TEXT NOT NULL CHECK ("role" IN ('owner', 'operator', 'viewer')),
    "secret_hash" TEXT NOT NULL,
    "hint" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "expires_at" TIMESTAMPTZ(3),
    "revoked_at" TIMESTAMPTZ(3),
    CONSTRAINT "api_key_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "api_key_tenant_id_fkey" FOREIGN KEY ("tenant_id")
        REFERENCES "tenant" ("tenant_id") ON DELETE RESTRICT ON UPDATE RESTRICT,
    CONSTRAINT "api_key_tenant_id_client_id_fkey" FOREIGN KEY ("tenant_id", "client_id")
        REFERENCES "client" ("tenant_id", "id") ON DELETE RESTRICT ON UPDATE RESTRICT
);
CREATE UNIQUE INDEX "api_key_secret_hash_key" ON "api_key" ("secret_hash");
CREATE INDEX "api_key_tenant_id_id_idx" ON "api_key" ("tenant_id", "id");

CREATE TABLE "connection" (
    "id" TEXT NOT NULL,
    "tenant_id" TEXT NOT NULL,
    "client_id" TEXT,
    "provider" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "account" JSONB NOT NULL,
    "key_id" TEXT NOT NULL,
    "wrapped_key" BYTEA NOT NULL,
    "secrets" BYTEA NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "disabled_at" TIMESTAMPTZ(3),
    CONSTRAINT "connection_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "connection_tenant_id_fkey" FOREIGN KEY ("tenant_id")
        REFERENCES "tenant" ("tenant_id") ON DELETE RESTRICT ON UPDATE RESTRICT,
    CONSTRAINT "connection_tenant_id_client_id_fkey" FOREIGN KEY ("tenant_id", "client_id")
        REFERENCES "client" ("tenant_id", "id") ON DELETE RESTRICT ON UPDATE RESTRICT
);
CREATE INDEX "connection_tenant_id_id_idx" ON "connection" ("tenant_id", "id");
CREATE INDEX "connection_tenant_id_client_id_idx" ON "connection" ("tenant_id", "client_id");

CREATE TABLE "flag" (
    "id" TEXT NOT NULL,
    "tenant_id" TEXT NOT NULL,
    "key" TEXT NOT NULL,
    "enabled" BOOLEAN NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,
    CONSTRAINT "flag_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "flag_tenant_id_fkey" FOREIGN KEY ("tenant_id")
        REFERENCES "tenant" ("tenant_id") ON DELETE RESTRICT ON UPDATE RESTRICT
);
CREATE UNIQUE INDEX "flag_tenant_id_key_key" ON "flag" ("tenant_id", "key");

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
CREATE UNIQUE INDEX "audit_event_tenant_id_sequence_key" ON "audit_event" ("tenant_id", "sequence");
CREATE INDEX "audit_event_tenant_id_occurred_at_idx" ON "audit_event" ("tenant_id", "occurred_at");
REVOKE UPDATE, DELETE, TRUNCATE ON "audit_event" FROM iam_app;

-- The platform itself --------------------------------------------------------------------------------------------

INSERT INTO "tenant" ("tenant_id", "name", "created_at")
VALUES ('ten_00000000000000000000000000', 'MaxAI Platform', '1970-01-01T00:00:00Z');

-- Row-level security ---------------------------------------------------------------------------------------------

ALTER TABLE "tenant" ENABLE ROW LEVEL SECURITY;
CREATE POLICY tenant_scope ON "tenant"
    USING (tenant_id = current_setting('app.tenant_id', true)) WITH CHECK (tenant_id = current_setting('app.tenant_id', true));
ALTER TABLE "client" ENABLE ROW LEVEL SECURITY;
CREATE POLICY tenant_scope ON "client"
    USING (tenant_id = current_setting('app.tenant_id', true)) WITH CHECK (tenant_id = current_setting('app.tenant_id', true));
ALTER TABLE "agent" ENABLE ROW LEVEL SECURITY;
CREATE POLICY tenant_scope ON "agent"
    USING (tenant_id = current_setting('app.tenant_id', true)) WITH CHECK (tenant_id = current_setting('app.tenant_id', true));
ALTER TABLE "app_user" ENABLE ROW LEVEL SECURITY;
CREATE POLICY tenant_scope ON "app_user"
    USING (tenant_id = current_setting('app.tenant_id', true)) WITH CHECK (tenant_id = current_setting('app.tenant_id', true));
ALTER TABLE "member" ENABLE ROW LEVEL SECURITY;
CREATE POLICY tenant_scope ON "member"
    USING (tenant_id = current_setting('app.tenant_id', true)) WITH CHECK (tenant_id = current_setting('app.tenant_id', true));
ALTER TABLE "session" ENABLE ROW LEVEL SECURITY;
CREATE POLICY tenant_scope ON "session"
    USING (tenant_id = current_setting('app.tenant_id', true)) WITH CHECK (tenant_id = current_setting('app.tenant_id', true));
ALTER TABLE "api_key" ENABLE ROW LEVEL SECURITY;
CREATE POLICY tenant_scope ON "api_key"
    USING (tenant_id = current_setting('app.tenant_id', true)) WITH CHECK (tenant_id = current_setting('app.tenant_id', true));
ALTER TABLE "connection" ENABLE ROW LEVEL SECURITY;
CREATE POLICY tenant_scope ON "connection"
    USING (tenant_id = current_setting('app.tenant_id', true)) WITH CHECK (tenant_id = current_setting('app.tenant_id', true));
ALTER TABLE "flag" ENABLE ROW LEVEL SECURITY;
CREATE POLICY tenant_scope ON "flag"
    USING (tenant_id = current_setting('app.tenant_id', true)) WITH CHECK (tenant_id = current_setting('app.tenant_id', true));
ALTER TABLE "audit_event" ENABLE ROW LEVEL SECURITY;
CREATE POLICY tenant_scope ON "audit_event"
    USING (tenant_id = current_setting('app.tenant_id', true)) WITH CHECK (tenant_id = current_setting('app.tenant_id', true));

-- Lookups that start without a tenant ----------------------------------------------------------------------------
-- Bodies are BEGIN ATOMIC: their tables are bound when the function is made, so no search_path can redirect them.

-- The row stays locked until the caller's transaction ends: a revocation waits for whoever is caching the principal.
CREATE FUNCTION find_session(wanted_hash TEXT, at TIMESTAMPTZ)
RETURNS TABLE (credential_id TEXT, tenant_id TEXT, actor_id TEXT, expires_at TIMESTAMPTZ, memberships JSONB)
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT s.id, s.tenant_id, s.user_id, s.expires_at,
        (SELECT coalesce(jsonb_agg(jsonb_build_object('role', m.role, 'clientId', m.client_id) ORDER BY m.created_at, m.id), '[]')
         FROM member m WHERE m.tenant_id = s.tenant_id AND m.user_id = s.user_id)
    FROM session s
    WHERE s.token_hash = wanted_hash AND s.revoked_at IS NULL AND s.expires_at > at
    FOR SHARE OF s;
END;

CREATE FUNCTION find_api_key(wanted_hash TEXT, at TIMESTAMPTZ)
RETURNS TABLE (credential_id TEXT, tenant_id TEXT, actor_id TEXT, expires_at TIMESTAMPTZ, memberships JSONB)
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT k.id, k.tenant_id, k.id, k.expires_at,
        jsonb_build_array(jsonb_build_object('role', k.role, 'clientId', k.client_id))
    FROM api_key k
    WHERE k.secret_hash = wanted_hash AND k.revoked_at IS NULL AND (k.expires_at IS NULL OR k.expires_at > at)
    FOR SHARE OF k;
END;

-- A user is found by issuer and subject, or by verified email as long as nobody has bound it.
CREATE FUNCTION find_sign_in(wanted_issuer TEXT, wanted_subject TEXT, verified_email TEXT)
RETURNS TABLE (tenant_id TEXT, user_id TEXT)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT u.tenant_id, u.id
    FROM app_user u JOIN tenant t ON t.tenant_id = u.tenant_id
    WHERE ((u.issuer = wanted_issuer AND u.subject = wanted_subject) OR (u.subject IS NULL AND u.email = lower(verified_email)))
        AND EXISTS (SELECT 1 FROM member m WHERE m.tenant_id = u.tenant_id AND m.user_id = u.id)
    ORDER BY t.created_at, t.tenant_id, u.subject NULLS LAST
    LIMIT 1;
END;

CREATE FUNCTION find_connection(wanted_id TEXT)
RETURNS TABLE (id TEXT, tenant_id TEXT, client_id TEXT, provider TEXT, account JSONB, key_id TEXT, wrapped_key BYTEA, secrets BYTEA)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT c.id, c.tenant_id, c.client_id, c.provider, c.account, c.key_id, c.wrapped_key, c.secrets
    FROM connection c WHERE c.id = wanted_id AND c.disabled_at IS NULL;
END;

CREATE FUNCTION find_client_tenant(wanted_id TEXT)
RETURNS TABLE (tenant_id TEXT)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT c.tenant_id FROM client c WHERE c.id = wanted_id;
END;

CREATE FUNCTION list_platform_flags()
RETURNS TABLE (key TEXT, enabled BOOLEAN)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT f.key, f.enabled FROM flag f WHERE f.tenant_id = 'ten_00000000000000000000000000';
END;

CREATE FUNCTION list_tenants(last_shown TEXT, size INTEGER)
RETURNS TABLE (id TEXT, name TEXT, created_at TIMESTAMPTZ, client_count BIGINT, member_count BIGINT)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT t.tenant_id, t.name, t.created_at,
        (SELECT count(*) FROM client c WHERE c.tenant_id = t.tenant_id),
        (SELECT count(*) FROM member m WHERE m.tenant_id = t.tenant_id)
    FROM tenant t
    WHERE t.tenant_id <> 'ten_00000000000000000000000000' AND (last_shown IS NULL OR t.tenant_id < last_shown)
    ORDER BY t.tenant_id DESC
    LIMIT size;
END;
