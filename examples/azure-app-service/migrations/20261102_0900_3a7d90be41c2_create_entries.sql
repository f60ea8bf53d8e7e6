-- headgate:revision
-- revision = "3a7d90be41c2"
-- message = "create entries"
-- create_date = 2026-11-02T09:00:00Z

-- headgate:upgrade
CREATE TABLE entries (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    guest text NOT NULL,
    message text NOT NULL
);
INSERT INTO entries (guest, message) VALUES ('The host', 'Welcome!');

-- headgate:downgrade
DROP TABLE entries;
