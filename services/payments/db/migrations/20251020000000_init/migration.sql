CREATE TABLE "plan" (
    "id" TEXT NOT NULL,
    "tenant_id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "currency" TEXT NOT NULL,
    "base_nanos" BIGINT NOT NULL,
    "meters" JSONB NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    CONSTRAINT "plan_pkey" PRIMARY KEY ("id")
);
CREATE INDEX "plan_newest" ON "plan"("tenant_id", "id" DESC);

CREATE TABLE "subscription" (
    "id" TEXT NOT NULL,
    "tenant_id" TEXT NOT NULL,
    "client_id" TEXT NOT NULL,
    "plan_id" TEXT NOT NULL,
    "external_customer_id" TEXT,
    "started_at" TIMESTAMPTZ(3) NOT NULL,
    "ended_at" TIMESTAMPTZ(3),
    CONSTRAINT "subscription_pkey" PRIMARY KEY ("id")
);
CREATE INDEX "subscription_newest" ON "subscription"("tenant_id", "id" DESC);
-- A client pays for one plan at a time. Prisma cannot express a partial index; it does not see it either.
CREATE UNIQUE INDEX "subscription_live" ON "subscription"("tenant_id", "client_id") WHERE "ended_at" IS NULL;
ALTER TABLE "subscription" ADD CONSTRAINT "subscription_plan_id_fkey"
    FOREIGN KEY ("plan_id") REFERENCES "plan"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

CREATE TABLE "ledger_entry" (
    "id" TEXT NOT NULL,
    "tenant_id" TEXT NOT NULL,
    "client_id" TEXT,
    "description" TEXT NOT NULL,
    "reference" TEXT NOT NULL,
    "occurred_at" TIMESTAMPTZ(3) NOT NULL,
    CONSTRAINT "ledger_entry_pkey" PRIMARY KEY ("id")
);
CREATE UNIQUE INDEX "ledger_entry_once" ON "ledger_entry"("tenant_id", "reference");
CREATE INDEX "ledger_entry_newest" ON "ledger_entry"("tenant_id", "id" DESC);

CREATE TABLE "ledger_posting" (
    "entry_id" TEXT NOT NULL,
    "tenant_id" TEXT NOT NULL,
    "account" TEXT NOT NULL,
    "currency" TEXT NOT NULL,
    "nanos" BIGINT NOT NULL,
    CONSTRAINT "ledger_posting_pkey" PRIMARY KEY ("entry_id", "account", "currency")
);
CREATE INDEX "ledger_posting_account" ON "ledger_posting"("tenant_id", "account");
ALTER TABLE "ledger_posting" ADD CONSTRAINT "ledger_posting_entry_id_fkey"
    FOREIGN KEY ("entry_id") REFERENCES "ledger_entry"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- Debits equal credits, per currency, when the transaction ends: the database itself refuses anything else.
CREATE FUNCTION "refuse_unbalanced_entry"() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM ledger_posting WHERE entry_id = NEW.entry_id GROUP BY currency HAVING sum(nanos) <> 0) THEN
        RAISE EXCEPTION 'ledger entry % does not balance', NEW.entry_id USING ERRCODE = 'check_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER "ledger_entry_balances" AFTER INSERT ON "ledger_posting"
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION "refuse_unbalanced_entry"();

CREATE TABLE "dead_letter" (
    "id" TEXT NOT NULL,
    "tenant_id" TEXT NOT NULL,
    "job" JSONB NOT NULL,
    "reason" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    CONSTRAINT "dead_letter_pkey" PRIMARY KEY ("id")
);
CREATE INDEX "dead_letter_newest" ON "dead_letter"("tenant_id", "id" DESC);

ALTER TABLE "plan" ENABLE ROW LEVEL SECURITY;
CREATE POLICY tenant_scope ON "plan"
    USING (tenant_id = current_setting('app.tenant_id', true))
    WITH CHECK (tenant_id = current_setting('app.tenant_id', true));
ALTER TABLE "subscription" ENABLE ROW LEVEL SECURITY;
CREATE POLICY tenant_scope ON "subscription"
    USING (tenant_id = current_setting('app.tenant_id', true))
    WITH CHECK (tenant_id = current_setting('app.tenant_id', true));
ALTER TABLE "ledger_entry" ENABLE ROW LEVEL SECURITY;
CREATE POLICY tenant_scope ON "ledger_entry"
    USING (tenant_id = current_setting('app.tenant_id', true))
    WITH CHECK (tenant_id = current_setting('app.tenant_id', true));
ALTER TABLE "ledger_posting" ENABLE ROW LEVEL SECURITY;
CREATE POLICY tenant_scope ON "ledger_posting"
    USING (tenant_id = current_setting('app.tenant_id', true))
    WITH CHECK (tenant_id = current_setting('app.tenant_id', true));
ALTER TABLE "dead_letter" ENABLE ROW LEVEL SECURITY;
CREATE POLICY tenant_scope ON "dead_letter"
    USING (tenant_id = current_setting('app.tenant_id', true))
    WITH CHECK (tenant_id = current_setting('app.tenant_id', true));
REVOKE UPDATE, DELETE, TRUNCATE ON "ledger_entry", "ledger_posting" FROM payments_app;

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
REVOKE UPDATE, DELETE, TRUNCATE ON "audit_event" FROM payments_app;
