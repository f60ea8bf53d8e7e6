-- headgate:revision
-- revision = "dump"

-- headgate:upgrade postgresql
\restrict Abc123

SET statement_timeout = 0;
SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);
CREATE TABLE public.t (a text);
COPY public.t (a) FROM stdin;
it's
-- headgate:downgrade
\N
\.

\unrestrict Abc123
-- headgate:upgrade sqlite
