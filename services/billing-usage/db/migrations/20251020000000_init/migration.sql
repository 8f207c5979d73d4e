CREATE TABLE "usage_event" (
    "id" TEXT NOT NULL,
    "tenant_id" TEXT NOT NULL,
    "client_id" TEXT,
    "agent_external_id" TEXT,
    "idempotency_key" TEXT NOT NULL,
    "meter" TEXT NOT NULL,
    "quantity" BIGINT NOT NULL,
    "currency" TEXT NOT NULL,
    "cost_nanos" BIGINT NOT NULL,
    "provider" TEXT NOT NULL,
    "external_id" TEXT NOT NULL,
    "event_id" TEXT,
    "execution_id" TEXT,
    "effect_id" TEXT,
    "occurred_at" TIMESTAMPTZ(3) NOT NULL,
    "recorded_at" TIMESTAMPTZ(3) NOT NULL,
    CONSTRAINT "usage_event_pkey" PRIMARY KEY ("id")
);
CREATE UNIQUE INDEX "usage_event_once" ON "usage_event"("tenant_id", "idempotency_key");
CREATE INDEX "usage_event_newest" ON "usage_event"("tenant_id", "id" DESC);
CREATE INDEX "usage_event_period" ON "usage_event"("tenant_id", "client_id", "occurred_at");

CREATE TABLE "usage_daily" (
    "tenant_id" TEXT NOT NULL,
    "client_id" TEXT NOT NULL,
    "meter" TEXT NOT NULL,
    "day" DATE NOT NULL,
    "currency" TEXT NOT NULL,
    "quantity" BIGINT NOT NULL,
    "cost_nanos" BIGINT NOT NULL,
    CONSTRAINT "usage_daily_pkey" PRIMARY KEY ("tenant_id", "client_id", "meter", "day", "currency")
);

CREATE TABLE "dead_letter" (
    "id" TEXT NOT NULL,
    "tenant_id" TEXT NOT NULL,
    "job" JSONB NOT NULL,
    "reason" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    CONSTRAINT "dead_letter_pkey" PRIMARY KEY ("id")
);
CREATE INDEX "dead_letter_newest" ON "dead_letter"("tenant_id", "id" DESC);

ALTER TABLE "dead_letter" ENABLE ROW LEVEL SECURITY;
CREATE POLICY tenant_scope ON "dead_letter"
    USING (tenant_id = current_setting('app.tenant_id', true))
    WITH CHECK (tenant_id = current_setting('app.tenant_id', true));
ALTER TABLE "usage_event" ENABLE ROW LEVEL SECURITY;
CREATE POLICY tenant_scope ON "usage_event"
    USING (tenant_id = current_setting('app.tenant_id', true))
    WITH CHECK (tenant_id = current_setting('app.tenant_id', true));
ALTER TABLE "usage_daily" ENABLE ROW LEVEL SECURITY;
CREATE POLICY tenant_scope ON "usage_daily"
    USING (tenant_id = current_setting('app.tenant_id', true))
    WITH CHECK (tenant_id = current_setting('app.tenant_id', true));
-- Usage is a record of what happened: it is added to, never rewritten.
REVOKE UPDATE, DELETE, TRUNCATE ON "usage_event" FROM usage_app;
REVOKE DELETE, TRUNCATE ON "usage_daily" FROM usage_app;
