SELECT ?1, ?, :a, @b, $c, $d::e(x;y), :f; SELECT $g$; SELECT 2$;
