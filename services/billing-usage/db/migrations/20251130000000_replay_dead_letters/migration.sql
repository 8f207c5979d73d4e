SET LOCAL lock_timeout = '1s';
SET LOCAL statement_timeout = '30s';

ALTER TABLE "dead_letter" ADD COLUMN "replayed_at" TIMESTAMPTZ(3);

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
REVOKE UPDATE, DELETE, TRUNCATE ON "audit_event" FROM usage_app;
