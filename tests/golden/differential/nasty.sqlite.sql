-- Valid on a new SQLite database, and full of semicolons that end nothing.
CREATE TABLE log (id integer PRIMARY KEY, note text); CREATE TABLE "a;b" ("c""d;" text, [--] text, `/*` text);
INSERT INTO log (note) VALUES ('a;b'), ('it''s; one'), ('\'), (x'3b'), ('e\'); INSERT INTO log (note) VALUES ('multi
; line
');;
; ;INSERT INTO [a;b] VALUES (';', '--', '/*'); /* one; /* not nested; */ INSERT INTO log (note) SELECT 1 -- ; not here
; INSERT INTO log (note) SELECT 5*/*;*/2; INSERT INTO log (note) SELECT 2--1;
-1; INSERT INTO log (note) SELECT '{"a;": 1}'->>'a;'; INSERT INTO log (note) VALUES (?1), (:a), (@b), ($c), ($d::e(x;y));
CREATE TABLE größe (имя text, a$b$ int); INSERT INTO größe VALUES ('日本;語', 1);
CREATE TABLE begin (begin int, "end" int, [case] int);
CREATE TABLE trigger_log (trigger text); INSERT INTO trigger_log (trigger) VALUES ('create trigger');
CREATE TRIGGER t AFTER INSERT ON begin WHEN new.begin > 0 AND new.end IS NOT NULL
BEGIN
  INSERT INTO log (note) SELECT CASE WHEN new."end" = 1 THEN 'END;' ELSE CASE new.begin WHEN 1 THEN ';' END END;
  SELECT CASE WHEN new.begin = 99 THEN RAISE(ABORT, 'no; way') END;
  UPDATE log SET note = note || ';' WHERE id = 1; -- END;
  DELETE FROM "a;b" WHERE `/*` = 'END;';
END; INSERT INTO begin VALUES (1, 2, 3);
create temp trigger if not exists u /* ; */ before delete on main.begin begin select 1; end; DELETE FROM begin WHERE begin = 1;
CREATE VIEW v AS SELECT note AS "end" FROM log; CREATE TEMPORARY TRIGGER w INSTEAD OF INSERT ON v FOR EACH ROW BEGIN
  INSERT INTO log (note) VALUES (new."end"); END
; INSERT INTO v VALUES ('through a view;');
EXPLAIN CREATE TRIGGER x AFTER INSERT ON log BEGIN SELECT 1; END; EXPLAIN QUERY PLAN SELECT 1;
BEGIN IMMEDIATE; INSERT INTO log (note) VALUES ('in a transaction'); SAVEPOINT s; INSERT INTO log (note) VALUES ('gone');
ROLLBACK TO s; RELEASE s; END TRANSACTION; BEGIN; INSERT INTO log (note) VALUES ('gone'); ROLLBACK;
PRAGMA user_version = 7; VACUUM; REINDEX; ANALYZE; INSERT INTO log (note) VALUES ('no final semicolon')
