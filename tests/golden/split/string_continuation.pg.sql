SELECT E'a'
  'b\';c'; SELECT 1;
SELECT E'a' -- with a comment; too
  -- and one more
  'b\';c'; SELECT 2;
SELECT E'a' 'b\'; SELECT 3;
SELECT 'a'
'b\'; SELECT 4;
