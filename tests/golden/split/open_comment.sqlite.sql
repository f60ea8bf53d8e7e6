SELECT 1;
/* never closed SELECT 'x; 2;
