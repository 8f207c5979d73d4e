CREATE TABLE "flow" (
    "id" TEXT NOT NULL,
    "tenant_id" TEXT NOT NULL,
    "client_id" TEXT,
    "name" TEXT NOT NULL,
    "status" TEXT NOT NULL,
    "version" INTEGER NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "flow_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "flow_version" (
    "id" TEXT NOT NULL,
    "tenant_id" TEXT NOT NULL,
    "flow_id" TEXT NOT NULL,
    "version" INTEGER NOT NULL,
    "trigger_event" TEXT NOT NULL,
    "document" JSONB NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "flow_version_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "event" (
    "id" TEXT NOT NULL,
    "tenant_id" TEXT NOT NULL,
    "client_id" TEXT,
    "type" TEXT NOT NULL,
    "provider" TEXT NOT NULL,
    "connection_id" TEXT NOT NULL,
    "webhook_event_id" TEXT NOT NULL,
    "external_id" TEXT NOT NULL,
    "occurred_at" TIMESTAMPTZ(3) NOT NULL,
    "correlation_id" TEXT NOT NULL,
    "subject" JSONB NOT NULL,
    "data" JSONB NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "event_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "execution" (
    "id" TEXT NOT NULL,
    "tenant_id" TEXT NOT NULL,
    "client_id" TEXT,
    "flow_id" TEXT NOT NULL,
    "flow_version_id" TEXT NOT NULL,
    "event_id" TEXT NOT NULL,
    "status" TEXT NOT NULL,
    "correlation_id" TEXT NOT NULL,
    "traceparent" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "started_at" TIMESTAMPTZ(3),
    "finished_at" TIMESTAMPTZ(3),
    "failure" JSONB,
    "cancel_requested" BOOLEAN NOT NULL DEFAULT false,
    "run" INTEGER NOT NULL DEFAULT 0,
    "lease_owner" TEXT,
    "lease_until" TIMESTAMPTZ(3),
    "resume_at" TIMESTAMPTZ(3) NOT NULL,
    "enqueued_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "execution_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "step_run" (
    "id" TEXT NOT NULL,
    "tenant_id" TEXT NOT NULL,
    "execution_id" TEXT NOT NULL,
    "key" TEXT NOT NULL,
    "action" TEXT NOT NULL,
    "status" TEXT NOT NULL,
    "attempts" INTEGER NOT NULL,
    "input" JSONB,
    "output" JSONB,
    "error" TEXT,
    "started_at" TIMESTAMPTZ(3) NOT NULL,
    "finished_at" TIMESTAMPTZ(3),

    CONSTRAINT "step_run_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "effect" (
    "id" TEXT NOT NULL,
    "tenant_id" TEXT NOT NULL,
    "client_id" TEXT,
    "execution_id" TEXT NOT NULL,
    "step_key" TEXT NOT NULL,
    "action" TEXT NOT NULL,
    "provider" TEXT NOT NULL,
    "connection_id" TEXT NOT NULL,
    "status" TEXT NOT NULL,
    "external_id" TEXT,
    "cost_currency" TEXT,
    "cost_nanos" BIGINT,
    "fingerprint" TEXT NOT NULL,
    "request" JSONB NOT NULL,
    "response" JSONB,
    "attempted_at" TIMESTAMPTZ(3) NOT NULL,
    "settle_after" TIMESTAMPTZ(3) NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "effect_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "outbox" (
    "id" TEXT NOT NULL,
    "tenant_id" TEXT NOT NULL,
    "queue" TEXT NOT NULL,
    "payload" JSONB NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "outbox_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "dead_letter" (
    "id" TEXT NOT NULL,
    "tenant_id" TEXT NOT NULL,
    "client_id" TEXT,
    "kind" TEXT NOT NULL,
    "subject_id" TEXT NOT NULL,
    "reason" TEXT NOT NULL,
    "attempts" INTEGER NOT NULL,
    "correlation_id" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "replayed_at" TIMESTAMPTZ(3),

    CONSTRAINT "dead_letter_pkey" PRIMARY KEY ("id")
);

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
CREATE INDEX "flow_tenant_id_id_idx" ON "flow"("tenant_id", "id");
CREATE UNIQUE INDEX "flow_version_flow_id_version_key" ON "flow_version"("flow_id", "version");
CREATE INDEX "flow_version_tenant_id_trigger_event_idx" ON "flow_version"("tenant_id", "trigger_event");
CREATE UNIQUE INDEX "event_tenant_id_webhook_event_id_key" ON "event"("tenant_id", "webhook_event_id");
CREATE INDEX "event_tenant_id_id_idx" ON "event"("tenant_id", "id");
CREATE INDEX "event_tenant_id_external_id_idx" ON "event"("tenant_id", "external_id");
CREATE UNIQUE INDEX "execution_event_id_flow_id_key" ON "execution"("event_id", "flow_id");
CREATE INDEX "execution_tenant_id_id_idx" ON "execution"("tenant_id", "id");
CREATE UNIQUE INDEX "step_run_execution_id_key_key" ON "step_run"("execution_id", "key");
CREATE UNIQUE INDEX "effect_execution_id_step_key_key" ON "effect"("execution_id", "step_key");
CREATE INDEX "effect_tenant_id_id_idx" ON "effect"("tenant_id", "id");
CREATE INDEX "dead_letter_tenant_id_id_idx" ON "dead_letter"("tenant_id", "id");

-- Prisma does not describe partial indexes.
-- One message belongs to one effect: two effects that settle at once cannot claim the same one.
CREATE UNIQUE INDEX "effect_message_claim" ON "effect"("connection_id", "external_id") WHERE "action" = 'messaging.send';
CREATE INDEX "effect_unsettled" ON "effect"("fingerprint") WHERE "status" = 'attempting';
CREATE UNIQUE INDEX "dead_letter_open" ON "dead_letter"("tenant_id", "kind", "subject_id") WHERE "replayed_at" IS NULL;
CREATE INDEX "execution_unfinished" ON "execution"("resume_at") WHERE "status" IN ('queued', 'running');

DO $$
DECLARE scoped TEXT;
BEGIN
    FOREACH scoped IN ARRAY ARRAY['flow', 'flow_version', 'event', 'execution', 'step_run', 'effect', 'outbox', 'dead_letter', 'audit_event']
    LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', scoped);
        EXECUTE format(
            'CREATE POLICY tenant_scope ON %I USING (tenant_id = current_setting(''app.tenant_id'', true)) WITH CHECK (tenant_id = current_setting(''app.tenant_id'', true))',
            scoped);
    END LOOP;
END $$;

REVOKE UPDATE, DELETE, TRUNCATE ON "audit_event" FROM orchestrator_app;

-- Unfinished executions that nobody holds: their worker died, or their job seems lost. Marks them as queued
-- again; `run` tells the runs of one execution apart.
CREATE FUNCTION sweep_executions(p_limit INTEGER, p_silence_ms INTEGER)
RETURNS TABLE (id TEXT, tenant_id TEXT, client_id TEXT, correlation_id TEXT, traceparent TEXT, run INTEGER)
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    UPDATE execution AS target SET enqueued_at = clock_timestamp()
    WHERE target.id IN (
        SELECT candidate.id FROM execution AS candidate
        WHERE candidate.status IN ('queued', 'running')
          AND candidate.resume_at < clock_timestamp()
          AND (candidate.lease_until IS NULL OR candidate.lease_until < clock_timestamp())
          AND (candidate.enqueued_at < candidate.lease_until
            OR candidate.enqueued_at < clock_timestamp() - make_interval(secs => p_silence_ms / 1000.0))
        ORDER BY candidate.resume_at
        LIMIT p_limit
        FOR UPDATE SKIP LOCKED)
    RETURNING target.id, target.tenant_id, target.client_id, target.correlation_id, target.traceparent, target.run;
END;

-- Extends the leases one worker holds, whichever tenants they belong to.
CREATE FUNCTION renew_leases(p_owner TEXT, p_ids TEXT[], p_lease_ms INTEGER)
RETURNS VOID
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    UPDATE execution SET lease_until = clock_timestamp() + make_interval(secs => p_lease_ms / 1000.0)
    WHERE id = ANY (p_ids) AND lease_owner = p_owner;
END;

-- Locks the oldest jobs until the caller's transaction ends.
CREATE FUNCTION take_outbox(p_limit INTEGER)
RETURNS TABLE (id TEXT, queue TEXT, payload JSONB)
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    SELECT outbox.id, outbox.queue, outbox.payload FROM outbox
    ORDER BY outbox.created_at LIMIT p_limit FOR UPDATE SKIP LOCKED;
END;

CREATE FUNCTION drop_outbox(p_ids TEXT[])
RETURNS VOID
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp
BEGIN ATOMIC
    DELETE FROM outbox WHERE id = ANY (p_ids);
END;
