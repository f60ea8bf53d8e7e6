;;
;SELECT 1;;