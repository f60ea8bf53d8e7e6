\restrict dbdOgNRQbPdVTQCzuaGtGfVvLpSDWZ

SELECT 1;
\unrestrict dbdOgNRQbPdVTQCzuaGtGfVvLpSDWZ
\restrict
\restrict key \! true
\restricted key
