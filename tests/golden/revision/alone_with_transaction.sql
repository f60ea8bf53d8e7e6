-- headgate:revision
-- revision = "alone"
-- transaction = false

-- headgate:upgrade
BEGIN;
VACUUM;
COMMIT;
