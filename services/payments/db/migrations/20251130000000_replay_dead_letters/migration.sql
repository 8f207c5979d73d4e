SET LOCAL lock_timeout = '1s';
SET LOCAL statement_timeout = '30s';

ALTER TABLE "dead_letter" ADD COLUMN "replayed_at" TIMESTAMPTZ(3);
