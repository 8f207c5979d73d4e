-- A duplicate that arrives in the same batch as its first, or while that is being committed, is counted too.
CREATE OR REPLACE FUNCTION "explain_conflict"(connection TEXT, dedupe TEXT) RETURNS TEXT
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = ingress, pg_temp
AS $$
    UPDATE delivery SET deliveries = deliveries + 1
    WHERE connection_id = connection AND dedupe_key = dedupe
    RETURNING id
$$;
