-- headgate:revision
-- revision = "d05b9e84c713"
-- down_revision = "61c7f3e0b2a4"
-- message = "give articles a status"
-- create_date = 2026-03-03T09:00:00Z

-- headgate:upgrade
ALTER TABLE articles ADD COLUMN status varchar(20) NOT NULL DEFAULT 'draft';
UPDATE articles SET status = 'published' WHERE published_at IS NOT NULL;

-- headgate:downgrade
ALTER TABLE articles DROP COLUMN status;
