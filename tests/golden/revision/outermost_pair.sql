-- headgate:revision
-- revision = "p1"

-- headgate:upgrade sqlite
PRAGMA foreign_keys=OFF;
PRAGMA legacy_alter_table=ON;
BEGIN TRANSACTION;
ALTER TABLE t RENAME TO t_old;
SAVEPOINT a;
RELEASE a;
COMMIT;
PRAGMA foreign_keys=ON;
-- headgate:upgrade postgresql
-- a comment
BEGIN;
SELECT 1;
COMMIT;
-- done
