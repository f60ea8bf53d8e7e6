SELECT 'a;b', 'it''s; one', '', '\'; SELECT 2;
SELECT "a;""b", `c;``d`, [e;f], x'ab', X''; SELECT 3;
SELECT e'\'; SELECT [a]]; SELECT 4;
SELECT 'line
;
break'; SELECT 6;
