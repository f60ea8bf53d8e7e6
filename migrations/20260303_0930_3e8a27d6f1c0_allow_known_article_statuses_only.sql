-- headgate:revision
-- revision = "3e8a27d6f1c0"
-- down_revision = "d05b9e84c713"
-- message = "allow known article statuses only"
-- create_date = 2026-03-03T09:30:00Z

-- headgate:upgrade postgresql
-- NOT VALID: new rows are checked from now on, and the table is not read under this lock. The next revision reads it.
ALTER TABLE articles ADD CONSTRAINT articles_status_known
    CHECK (status IN ('draft', 'published', 'archived')) NOT VALID;

-- headgate:upgrade sqlite
-- SQLite cannot add a constraint to a table: it is made again, and its rows are copied. Comments and tags refer to it
-- by name and keep their rows.
CREATE TABLE articles_rebuilt (
    id INTEGER PRIMARY KEY,
    author_id INTEGER NOT NULL REFERENCES users (id),
    slug TEXT NOT NULL UNIQUE,
    title TEXT NOT NULL,
    body TEXT NOT NULL,
    published_at TEXT,
    status varchar(20) NOT NULL DEFAULT 'draft'
        CONSTRAINT articles_status_known CHECK (status IN ('draft', 'published', 'archived'))
);
INSERT INTO articles_rebuilt (id, author_id, slug, title, body, published_at, status)
SELECT id, author_id, slug, title, body, published_at, status FROM articles;
DROP TABLE articles;
ALTER TABLE articles_rebuilt RENAME TO articles;
CREATE INDEX articles_by_author ON articles (author_id);

-- headgate:downgrade postgresql
ALTER TABLE articles DROP CONSTRAINT articles_status_known;

-- headgate:downgrade sqlite
CREATE TABLE articles_rebuilt (
    id INTEGER PRIMARY KEY,
    author_id INTEGER NOT NULL REFERENCES users (id),
    slug TEXT NOT NULL UNIQUE,
    title TEXT NOT NULL,
    body TEXT NOT NULL,
    published_at TEXT,
    status varchar(20) NOT NULL DEFAULT 'draft'
);
INSERT INTO articles_rebuilt (id, author_id, slug, title, body, published_at, status)
SELECT id, author_id, slug, title, body, published_at, status FROM articles;
DROP TABLE articles;
ALTER TABLE articles_rebuilt RENAME TO articles;
CREATE INDEX articles_by_author ON articles (author_id);
