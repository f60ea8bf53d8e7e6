-- headgate:revision
-- revision = "4c1e07a2d9b8"
-- message = "create users"
-- create_date = 2026-01-12T09:15:00Z

-- headgate:upgrade postgresql
CREATE TABLE users (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    email text NOT NULL UNIQUE,
    name text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP
);

-- headgate:upgrade sqlite
CREATE TABLE users (
    id INTEGER PRIMARY KEY,
    email TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    created_at TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP
);

-- headgate:downgrade
DROP TABLE users;
