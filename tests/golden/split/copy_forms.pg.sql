copy t from stdin; -- data comes after this line
-- this is data; not a comment
\.
COPY "my from".t ("from", b) FROM STDIN WITH (FORMAT csv, HEADER);
"a;b",'
$$,/*
\.
COPY binary FROM stdin (FORMAT text);
\.
COPY/*c*/t(a)/**/FROM--x
STDIN DELIMITER ';' CSV WHERE a > 1;
1
 \.
\.x
\.
COPY t FROM STDOUT;
the server takes stdout for stdin
\.
COPY t FROM 'stdin';
COPY t FROM PROGRAM 'cat; true';
COPY t TO STDOUT;
COPY t TO STDIN;
COPY (SELECT 1 FROM stdin) TO STDOUT;
COPY (SELECT 1; ) TO STDOUT;
SELECT 1 AS copy FROM stdin;
\.
