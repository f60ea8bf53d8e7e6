-- headgate:revision
-- revision = "f1b49476200d"
-- down_revision = "39ddcd2d3191"
-- message = "index pinned notes"
-- create_date = 2026-11-23T14:05:00Z
-- transaction = false

-- headgate:upgrade
CREATE INDEX CONCURRENTLY notes_pinned_first ON notes (pinned DESC, id DESC);

-- headgate:downgrade
DROP INDEX CONCURRENTLY notes_pinned_first;
