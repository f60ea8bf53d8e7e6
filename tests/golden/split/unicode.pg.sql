CREATE TABLE größe (имя text, 名前 text); SELECT '日本;語', größe$1$; SELECT 2;
