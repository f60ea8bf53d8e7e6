SELECT pg_advisory_lock(1); SELECT PG_Advisory_Lock_Shared (1, 2); select pg_catalog.pg_try_advisory_lock/*c*/(1);
SELECT a FROM t WHERE pg_try_advisory_lock_shared(a); SELECT "pg_advisory_lock"(1);
SELECT pg_advisory_unlock(1); SELECT pg_advisory_unlock_shared(1); SELECT pg_advisory_unlock_all();
WITH x AS (SELECT (pg_advisory_lock(1))) SELECT 1;
SELECT pg_advisory_xact_lock(1), pg_try_advisory_xact_lock(1); SELECT 'pg_advisory_lock(1)'; -- pg_advisory_lock(1)
SELECT pg_advisory_lock; SELECT pg_advisory_lock AS a, (1); SELECT my_pg_advisory_lock(1);
DO $$ BEGIN PERFORM 1; END $$;
