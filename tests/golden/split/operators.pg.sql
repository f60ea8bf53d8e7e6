SELECT a--b;
, c; SELECT a->b, a->>'c;', a #- b, a - -1, a -/* ; */ 1, a @>/*;*/b; SELECT 5*/*;*/2; SELECT @-1, a<-1;
SELECT 1::int, a[1:2], x=>1, b := 2, !!3, |/ 4;
