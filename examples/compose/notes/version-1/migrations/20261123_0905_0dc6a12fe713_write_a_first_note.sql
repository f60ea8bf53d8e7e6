-- headgate:revision
-- revision = "0dc6a12fe713"
-- down_revision = "671fe68aa39b"
-- message = "write a first note"
-- create_date = 2026-11-23T09:05:00Z

-- headgate:upgrade
INSERT INTO notes (body) VALUES ('Buy blue ink');

-- headgate:downgrade
DELETE FROM notes WHERE body = 'Buy blue ink';
