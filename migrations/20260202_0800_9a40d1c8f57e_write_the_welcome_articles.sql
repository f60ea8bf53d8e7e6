-- headgate:revision
-- revision = "9a40d1c8f57e"
-- down_revision = "25fb8c3d7e91"
-- message = "write the welcome articles"
-- create_date = 2026-02-02T08:00:00Z

-- headgate:upgrade
-- Never by id: a database that already has users and articles keeps its own numbers.
INSERT INTO users (email, name) VALUES
    ('Editor@Example.com', 'The editor'),
    ('reader@example.com', 'A reader');

INSERT INTO articles (author_id, slug, title, body, published_at)
SELECT id, 'welcome', 'Welcome; here is how it works',
       'Write an article, give it a few tags, and publish it.
Until then it''s a draft -- only you see it.', CURRENT_TIMESTAMP
FROM users WHERE email = 'Editor@Example.com';

INSERT INTO articles (author_id, slug, title, body)
SELECT id, 'house-rules', 'House rules', 'Still being written: Grüße, ¡hola!, 你好.'
FROM users WHERE email = 'Editor@Example.com';

INSERT INTO tags (name, description) VALUES ('news', 'What is new here'), ('help', 'How things work');
INSERT INTO article_tags (article_id, tag)
SELECT articles.id, tags.name FROM articles CROSS JOIN tags WHERE articles.slug = 'welcome';

INSERT INTO comments (article_id, author_id, body)
SELECT articles.id, users.id, 'Thank you!'
FROM articles CROSS JOIN users WHERE articles.slug = 'welcome' AND users.email = 'reader@example.com';

-- headgate:downgrade
DELETE FROM comments WHERE article_id IN (SELECT id FROM articles WHERE slug IN ('welcome', 'house-rules'));
DELETE FROM article_tags WHERE article_id IN (SELECT id FROM articles WHERE slug IN ('welcome', 'house-rules'));
DELETE FROM articles WHERE slug IN ('welcome', 'house-rules');
DELETE FROM tags WHERE name IN ('news', 'help') AND name NOT IN (SELECT tag FROM article_tags);
DELETE FROM users
WHERE lower(email) IN ('editor@example.com', 'reader@example.com')
  AND id NOT IN (SELECT author_id FROM articles) AND id NOT IN (SELECT author_id FROM comments);
