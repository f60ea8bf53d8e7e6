/* Copyright: the owners of the demo */

-- An ordinary comment before the header.
-- headgate:revision
-- revision = 'merge.1'
-- down_revision = [
--   "left",
--   "right",
-- ]
-- depends_on = "other"
-- branch_labels = ["billing"]
-- message = "joins \u0022left\u0022 and right"
-- create_date = "2026-11-23 10:00:00"
-- transaction = false
-- breaking = true
-- lock_timeout = "5min"
-- headgate:upgrade
CREATE INDEX CONCURRENTLY i ON t (a);
VACUUM
