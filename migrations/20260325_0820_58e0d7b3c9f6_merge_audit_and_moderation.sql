-- headgate:revision
-- revision = "58e0d7b3c9f6"
-- down_revision = ["7b13c5e9d04f", "a2c86f1b5d39"]
-- message = "merge audit and moderation"
-- create_date = 2026-03-25T08:20:00Z

-- headgate:upgrade
-- Two branches were worked on side by side; neither touches what the other made.

-- headgate:downgrade
