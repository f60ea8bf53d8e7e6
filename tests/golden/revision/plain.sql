-- headgate:revision
-- revision = "9f3c1a7be204"
-- down_revision = "1975ea83b712"        # an array for a merge; absent for a base
-- message = "add email_verified to users"
-- create_date = 2026-11-23T10:00:00Z

-- headgate:upgrade
ALTER TABLE users ADD COLUMN email_verified boolean NOT NULL DEFAULT false;

-- headgate:downgrade
ALTER TABLE users DROP COLUMN email_verified;
