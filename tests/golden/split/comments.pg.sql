/* a; /* nested; */ still; */ SELECT 1; -- one;
SELECT 2 /* ; */ -- ;
, 3;
SELECT 4/*;*/;/**/SELECT 5--;
;
SELECT 1 /*/ ; */ , '/*' , "--", $$--$$; SELECT 6; -- end;
