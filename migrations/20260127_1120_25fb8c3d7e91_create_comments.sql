-- headgate:revision
-- revision = "25fb8c3d7e91"
-- down_revision = "e7a1b09c4d62"
-- message = "create comments"
-- create_date = 2026-01-27T11:20:00Z

-- headgate:upgrade postgresql
CREATE TABLE comments (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    article_id bigint NOT NULL REFERENCES articles (id) ON DELETE CASCADE,
    author_id bigint NOT NULL REFERENCES users (id),
    body text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP
);
CREATE INDEX comments_by_article ON comments (article_id, created_at);

-- headgate:upgrade sqlite
CREATE TABLE comments (
    id INTEGER PRIMARY KEY,
    article_id INTEGER NOT NULL REFERENCES articles (id) ON DELETE CASCADE,
    author_id INTEGER NOT NULL REFERENCES users (id),
    body TEXT NOT NULL,
    created_at TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP
);
CREATE INDEX comments_by_article ON comments (article_id, created_at);

-- headgate:downgrade
DROP TABLE comments;
