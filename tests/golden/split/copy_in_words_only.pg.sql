CREATE TABLE copy (a int);
INSERT INTO copy SELECT a FROM stdin;
SELECT $$COPY t FROM stdin;
$$;
-- COPY t FROM stdin;
SELECT 1;
