-- Valid on a new PostgreSQL database, and full of semicolons that end nothing.
CREATE TABLE log (id int GENERATED ALWAYS AS IDENTITY, note text); CREATE TABLE "a;b" ("c""d;" text, "--" text, "/*" text);
INSERT INTO log (note) VALUES ('a;b'), ('it''s; one'), (E'it\'s; two\\'), ('\'), (U&'d\0061t\0061;'), (N'n;'), ($$d;'$$), ($x$ $$;$$ $y$;$y$ $x$);
INSERT INTO log (note) VALUES (U&'!0061;' UESCAPE '!'); INSERT INTO "a;b" VALUES (';', '--', '/*');
/* one; /* nested; */ still; */ INSERT INTO log (note) SELECT 'after a nested comment' -- ; not here
; INSERT INTO log (note) VALUES ('multi
; line
'); INSERT INTO log (note) SELECT b'10'::text || x'1f'::text;;
; ;INSERT INTO log (note) SELECT (5*/*;*/2)::text; INSERT INTO log (note) SELECT (2--1;
-1)::text; INSERT INTO log (note) SELECT '{"a;": 1}'::json->>'a;'; INSERT INTO log (note) SELECT (3 - -1)::text;
CREATE TABLE größe (имя text, a$b$ int); INSERT INTO größe VALUES ('日本;語', 1); INSERT INTO größe SELECT имя, a$b$ + 1 FROM größe;
CREATE FUNCTION classic() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  -- it's a comment; with a quote
  x text := 'it''s';
BEGIN
  IF x = 'a;b' THEN
    RETURN NULL;
  END IF;
  EXECUTE $q$ INSERT INTO log (note) VALUES ('from a trigger;') $q$;
  RETURN NEW;
END;
$$; CREATE TRIGGER t BEFORE INSERT ON "a;b" FOR EACH ROW EXECUTE FUNCTION classic();
INSERT INTO "a;b" VALUES ('x', 'y', 'z');
CREATE FUNCTION old_style() RETURNS text AS '
BEGIN
  RETURN ''1;'';
END;
' LANGUAGE 'plpgsql'; INSERT INTO log (note) SELECT old_style();
CREATE FUNCTION add(a int, b int) RETURNS int LANGUAGE sql
BEGIN ATOMIC
  SELECT 1;
  SELECT CASE WHEN a > 1 THEN CASE b WHEN 2 THEN 3 ELSE 4 END ELSE a + b END;
END; INSERT INTO log (note) SELECT add(1, 2)::text;
CREATE OR REPLACE FUNCTION start(begin int, "end" text DEFAULT ';') RETURNS int BEGIN/*;*/ATOMIC
  INSERT INTO log (note) VALUES ('END;'); -- END;
  SELECT "begin";
END;
SELECT start(1); SELECT start(begin) FROM (SELECT 2 AS begin) x;
CREATE PROCEDURE p() BEGIN ATOMIC INSERT INTO log (note) VALUES ('p'); END; CALL p();
CREATE PROCEDURE q() BEGIN ATOMIC END;
CREATE FUNCTION r() RETURNS int LANGUAGE sql RETURN 1; SELECT r();
CREATE RULE r AS ON UPDATE TO log DO ALSO (INSERT INTO "a;b" VALUES (old.note, ')', ';'); DELETE FROM größe WHERE имя = old.note; );
UPDATE log SET note = note || ';' WHERE id < 3;
DO $do$
BEGIN
  INSERT INTO log (note) VALUES ('$do;');
  EXECUTE $q$ INSERT INTO log (note) VALUES ('$q;') $q$;
END
$do$; DO LANGUAGE plpgsql 'BEGIN NULL; END';
CREATE TABLE data (a int, b text);
COPY data FROM stdin; -- the data starts after this line
1	a;b
2	it's -- no comment /* here
3	\\.
\.
copy public.data (b, a) from STDIN WITH (FORMAT csv, HEADER);
b;,a
"multi
line; 'quote",4
$$,5
\.
COPY "data"(a, b)/* ; */FROM -- ;
STDIN DELIMITER ';' NULL 'x';
6;x
\.
COPY data FROM STDOUT;
\.
COPY data FROM PROGRAM 'echo "7,;"; true' WITH (FORMAT csv, DELIMITER ',', NULL 'x', FORCE_NULL (b)) WHERE a > 100;
COPY (SELECT a FROM data WHERE b = ';') TO STDOUT;
BEGIN; INSERT INTO log (note) VALUES ('in a transaction'); SAVEPOINT s; INSERT INTO log (note) VALUES ('gone'); ROLLBACK TO s; END;
START TRANSACTION ISOLATION LEVEL SERIALIZABLE; INSERT INTO log (note) VALUES ('gone'); ROLLBACK AND NO CHAIN;
CREATE VIEW v AS SELECT CASE WHEN note = ';' THEN 1 ELSE 2 END AS "end", 1 AS "case" FROM log;
CREATE OPERATOR @- (LEFTARG = int, RIGHTARG = int, FUNCTION = add); INSERT INTO log (note) SELECT (1 @- 2)::text;
PREPARE transaction (int) AS SELECT $1; EXECUTE transaction(1); DEALLOCATE transaction;
COMMENT ON TABLE log IS 'the end;'; COMMENT ON COLUMN "a;b"."--" IS E'tab\t;\\';
SET client_encoding = 'UTF8'; SET standard_conforming_strings = on; SELECT pg_catalog.set_config('search_path', '', false);
SET search_path TO public; INSERT INTO log (note) VALUES ('no final semicolon')
