CREATE FUNCTION plain() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  x int := 1; -- it's
BEGIN
  IF x = 1 THEN
    RETURN NEW;
  END IF;
END;
$$;
CREATE FUNCTION old_style() RETURNS int AS '
BEGIN
  RETURN ''1;'';
END;
' LANGUAGE 'plpgsql';
CREATE FUNCTION snake() RETURNS text AS $py$
  s = "$$;"
  return s  # ';
$py$ LANGUAGE plpython3u;
CREATE FUNCTION v8() RETURNS json AS $js$ const a = `;${1}`; return {a: '$x$'}; $js$ LANGUAGE plv8 IMMUTABLE;
CREATE FUNCTION c(int) RETURNS int AS 'lib;', 'symbol' LANGUAGE C STRICT;
SELECT 1;
