CREATE TABLE "a;b" ("c""d;" int, "--" int, "/*" int, "'" int, U&"\0441;" int); SELECT 1;
SELECT "begin"; SELECT "it's;"; SELECT "tail
;";
