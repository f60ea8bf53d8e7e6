-- headgate:revision
-- revision = "b83f52c6e10d"
-- down_revision = "4c1e07a2d9b8"
-- message = "create sessions"
-- create_date = 2026-01-14T16:40:00Z

-- headgate:upgrade postgresql
CREATE TABLE sessions (
    token_hash bytea PRIMARY KEY,
    user_id bigint NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    user_agent text,
    expires_at timestamptz NOT NULL
);
CREATE INDEX sessions_by_user ON sessions (user_id);

-- headgate:upgrade sqlite
CREATE TABLE sessions (
    token_hash BLOB PRIMARY KEY,
    user_id INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    user_agent TEXT,
    expires_at TEXT NOT NULL
) WITHOUT ROWID;
CREATE INDEX sessions_by_user ON sessions (user_id);

-- headgate:downgrade
DROP TABLE sessions;
