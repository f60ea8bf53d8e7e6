-- headgate:revision
-- revision = "d1"

-- headgate:upgrade
CREATE FUNCTION f() RETURNS text LANGUAGE sql AS $body$
  SELECT 'it''s -- headgate:downgrade'
$body$;

-- headgate:upgrade sqlite
CREATE TABLE `it's` ([a'b] text);
CREATE TRIGGER t AFTER INSERT ON `it's` BEGIN SELECT 1; SELECT CASE WHEN 1 THEN 2 END; END;

-- headgate:downgrade postgres
DROP FUNCTION f();

-- headgate:downgrade
DROP TABLE "it's";
