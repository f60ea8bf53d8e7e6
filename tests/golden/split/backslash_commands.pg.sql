\set ON_ERROR_STOP on
SELECT 1 \gexec
\i other.sql; SELECT 2;
SELECT 3
\restrict abc
;
SELECT E'\i', '\i', "\i", $$
\i
$$;
\.
