-- The relay takes the oldest jobs; without it each batch read and sorted whatever waits.
CREATE INDEX CONCURRENTLY IF NOT EXISTS "outbox_created_at_idx" ON "orchestrator"."outbox"("created_at");
