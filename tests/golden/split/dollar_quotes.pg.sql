SELECT $$a;b$$, $x$ $$;$$ $y$;$y$ $X$;$x$; SELECT 2;
SELECT a$b$;c$b$;
SELECT $1;$1;
SELECT $é$;$é$, $_1$;$_1$;
SELECT $1a$; SELECT 3$q$;$q$;
SELECT $ $;$ $;
DO $do$
BEGIN
  EXECUTE $q$ INSERT INTO t VALUES ('$do;'); $q$;
END
$do$;
