-- headgate:revision
-- revision = "39ddcd2d3191"
-- down_revision = "0dc6a12fe713"
-- message = "add pinned to notes"
-- create_date = 2026-11-23T14:00:00Z

-- headgate:upgrade
-- The default is what lets version 1 go on writing rows: it does not know the column.
ALTER TABLE notes ADD COLUMN pinned boolean NOT NULL DEFAULT false;

-- headgate:downgrade
ALTER TABLE notes DROP COLUMN pinned;
