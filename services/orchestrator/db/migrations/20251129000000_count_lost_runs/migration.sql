SET LOCAL lock_timeout = '1s';
SET LOCAL statement_timeout = '30s';

-- Runs in a row that ended without giving their lease back: their worker died.
ALTER TABLE "execution" ADD COLUMN "lost_runs" INTEGER NOT NULL DEFAULT 0;
