-- headgate:revision
-- revision = "f9d24b60a8e5"
-- down_revision = "3e8a27d6f1c0"
-- message = "check the status of articles that are there"
-- create_date = 2026-03-04T07:30:00Z

-- headgate:upgrade postgresql
-- Reads the whole table, and lets others read and write it meanwhile.
ALTER TABLE articles VALIDATE CONSTRAINT articles_status_known;

-- headgate:upgrade sqlite
-- Nothing to do: the rebuild has checked every row.

-- headgate:downgrade postgresql
-- Not checked any more, as it was before: a valid constraint can only be made anew.
ALTER TABLE articles DROP CONSTRAINT articles_status_known;
ALTER TABLE articles ADD CONSTRAINT articles_status_known
    CHECK (status IN ('draft', 'published', 'archived')) NOT VALID;

-- headgate:downgrade sqlite
