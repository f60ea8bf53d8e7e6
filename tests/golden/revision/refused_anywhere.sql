-- headgate:revision
-- revision = "r"

-- headgate:upgrade postgresql
SELECT pg_advisory_lock(1);
SET client_encoding = 'LATIN1';
SET standard_conforming_strings = off;
\connect other
SELECT `date`;
-- headgate:upgrade sqlite
SELECT `date`;
