-- headgate:revision
-- revision = "tc"

-- headgate:upgrade
SELECT 1;
COMMIT;
BEGIN;
SELECT 2;
ROLLBACK;
-- headgate:downgrade
VACUUM;
