SET LOCAL lock_timeout = '1s';
SET LOCAL statement_timeout = '30s';

-- A table that is nearly empty most of the time has no statistics that know of an hour without a queue.
ALTER FUNCTION "orchestrator"."take_outbox"(INTEGER) SET enable_seqscan = off;
ALTER FUNCTION "orchestrator"."take_outbox"(INTEGER) SET enable_sort = off;
