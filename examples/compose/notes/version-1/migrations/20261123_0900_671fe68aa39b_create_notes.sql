-- headgate:revision
-- revision = "671fe68aa39b"
-- message = "create notes"
-- create_date = 2026-11-23T09:00:00Z

-- headgate:upgrade
CREATE TABLE notes (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    body text NOT NULL CHECK (body <> ''),
    created_at timestamptz NOT NULL DEFAULT now()
);

-- headgate:downgrade
DROP TABLE notes;
