-- headgate:revision
-- revision = "c416a9f8e27b"
-- down_revision = "58e0d7b3c9f6"
-- message = "list published articles with their comments"
-- create_date = 2026-04-08T12:00:00Z

-- headgate:upgrade
CREATE VIEW published_articles AS
SELECT articles.slug, articles.title, users.name AS author, articles.published_at,
       (SELECT count(*) FROM comments
        WHERE comments.article_id = articles.id AND comments.hidden_at IS NULL) AS comments
FROM articles JOIN users ON users.id = articles.author_id
WHERE articles.status = 'published';

-- headgate:downgrade
DROP VIEW published_articles;
