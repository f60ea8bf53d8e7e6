-- headgate:revision
-- revision = "61c7f3e0b2a4"
-- down_revision = "9a40d1c8f57e"
-- message = "compare e-mail addresses without case"
-- create_date = 2026-02-16T13:45:00Z

-- headgate:upgrade
-- Addresses that differ in case alone are one person: the later accounts get a mark, for support to merge by hand.
UPDATE users SET email = lower(email) || '#' || id
WHERE EXISTS (SELECT 1 FROM users AS earlier WHERE lower(earlier.email) = lower(users.email) AND earlier.id < users.id);

UPDATE users SET email = lower(email) WHERE email <> lower(email);

CREATE UNIQUE INDEX users_email_key_any_case ON users (lower(email));

-- headgate:downgrade
-- The capitals are gone for good; addresses work without them.
DROP INDEX users_email_key_any_case;
