-- headgate:revision
-- revision = "8c15f2d6a07b"
-- down_revision = "3a7d90be41c2"
-- message = "call messages words"
-- create_date = 2026-11-09T15:00:00Z

-- headgate:upgrade
ALTER TABLE entries RENAME COLUMN message TO words;

-- headgate:downgrade
ALTER TABLE entries RENAME COLUMN words TO message;
