-- headgate:revision
-- revision = "e7a1b09c4d62"
-- down_revision = "0d96e4f7a35c"
-- message = "create tags"
-- create_date = 2026-01-19T15:30:00Z

-- headgate:upgrade
CREATE TABLE tags (
    name varchar(40) PRIMARY KEY,
    description text NOT NULL DEFAULT ''
);

CREATE TABLE article_tags (
    article_id bigint NOT NULL REFERENCES articles (id) ON DELETE CASCADE,
    tag varchar(40) NOT NULL REFERENCES tags (name) ON UPDATE CASCADE,
    PRIMARY KEY (article_id, tag)
);
CREATE INDEX article_tags_by_tag ON article_tags (tag);

-- headgate:downgrade
DROP TABLE article_tags;
DROP TABLE tags;
