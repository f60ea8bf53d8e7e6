SELECT '\'; SELECT \ 1;
.read x
SELECT 2;
