-- headgate:revision
-- revision = "open"

-- headgate:upgrade
SELECT 1;
INSERT INTO t VALUES ('never closed);
-- headgate:downgrade
DELETE FROM t;
