-- headgate:revision
-- revision = "a2c86f1b5d39"
-- down_revision = "f9d24b60a8e5"
-- message = "let moderators hide comments"
-- create_date = 2026-03-24T10:55:00Z

-- headgate:upgrade postgresql
ALTER TABLE comments ADD COLUMN hidden_at timestamptz;
CREATE INDEX comments_shown ON comments (article_id) WHERE hidden_at IS NULL;

-- headgate:upgrade sqlite
ALTER TABLE comments ADD COLUMN hidden_at TEXT;
CREATE INDEX comments_shown ON comments (article_id) WHERE hidden_at IS NULL;

-- headgate:downgrade
DROP INDEX comments_shown;
ALTER TABLE comments DROP COLUMN hidden_at;
