-- Nobody looks for unsettled deliveries there any more.
DROP INDEX CONCURRENTLY IF EXISTS "ingress"."delivery_unsettled";
