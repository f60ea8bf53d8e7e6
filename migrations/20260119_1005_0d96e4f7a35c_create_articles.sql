-- headgate:revision
-- revision = "0d96e4f7a35c"
-- down_revision = "b83f52c6e10d"
-- message = "create articles"
-- create_date = 2026-01-19T10:05:00Z

-- headgate:upgrade postgresql
CREATE TABLE articles (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    author_id bigint NOT NULL REFERENCES users (id),
    slug text NOT NULL UNIQUE,
    title text NOT NULL,
    body text NOT NULL,
    published_at timestamptz
);
CREATE INDEX articles_by_author ON articles (author_id);

-- headgate:upgrade sqlite
CREATE TABLE articles (
    id INTEGER PRIMARY KEY,
    author_id INTEGER NOT NULL REFERENCES users (id),
    slug TEXT NOT NULL UNIQUE,
    title TEXT NOT NULL,
    body TEXT NOT NULL,
    published_at TEXT
);
CREATE INDEX articles_by_author ON articles (author_id);

-- headgate:downgrade
DROP TABLE articles;
