CREATE TABLE "prompt" (
    "id" TEXT NOT NULL,
    "tenant_id" TEXT NOT NULL,
    "client_id" TEXT,
    "name" TEXT NOT NULL,
    "production_version" INTEGER,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    CONSTRAINT "prompt_pkey" PRIMARY KEY ("id")
);
CREATE INDEX "prompt_newest" ON "prompt"("tenant_id", "id" DESC);

CREATE TABLE "prompt_version" (
    "id" TEXT NOT NULL,
    "tenant_id" TEXT NOT NULL,
    "prompt_id" TEXT NOT NULL,
    "number" INTEGER NOT NULL,
    "template" TEXT NOT NULL,
    "variables_schema" JSONB NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    CONSTRAINT "prompt_version_pkey" PRIMARY KEY ("id")
);
CREATE UNIQUE INDEX "prompt_version_number" ON "prompt_version"("prompt_id", "number");
ALTER TABLE "prompt_version" ADD CONSTRAINT "prompt_version_prompt_id_fkey"
    FOREIGN KEY ("prompt_id") REFERENCES "prompt"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

CREATE TABLE "publication" (
    "id" TEXT NOT NULL,
    "tenant_id" TEXT NOT NULL,
    "prompt_id" TEXT NOT NULL,
    "version" INTEGER NOT NULL,
    "target" TEXT NOT NULL,
    "external_id" TEXT NOT NULL,
    "content_hash" TEXT NOT NULL,
    "published_at" TIMESTAMPTZ(3) NOT NULL,
    CONSTRAINT "publication_pkey" PRIMARY KEY ("id")
);
CREATE INDEX "publication_of_prompt" ON "publication"("tenant_id", "prompt_id");
ALTER TABLE "publication" ADD CONSTRAINT "publication_prompt_id_fkey"
    FOREIGN KEY ("prompt_id") REFERENCES "prompt"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

ALTER TABLE "prompt" ENABLE ROW LEVEL SECURITY;
CREATE POLICY tenant_scope ON "prompt"
    USING (tenant_id = current_setting('app.tenant_id', true))
    WITH CHECK (tenant_id = current_setting('app.tenant_id', true));
ALTER TABLE "prompt_version" ENABLE ROW LEVEL SECURITY;
CREATE POLICY tenant_scope ON "prompt_version"
    USING (tenant_id = current_setting('app.tenant_id', true))
    WITH CHECK (tenant_id = current_setting('app.tenant_id', true));
ALTER TABLE "publication" ENABLE ROW LEVEL SECURITY;
CREATE POLICY tenant_scope ON "publication"
    USING (tenant_id = current_setting('app.tenant_id', true))
    WITH CHECK (tenant_id = current_setting('app.tenant_id', true));
REVOKE UPDATE, DELETE, TRUNCATE ON "prompt_version", "publication" FROM prompt_app;

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
REVOKE UPDATE, DELETE, TRUNCATE ON "audit_event" FROM prompt_app;
