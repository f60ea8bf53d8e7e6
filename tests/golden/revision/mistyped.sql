-- headgate:revision
-- revision = "m1"
-- down_revison = "m0"
-- transaction = "no"

-- headgate:upgrade sqlit
CREATE TABLE t (a int);
-- headgate:downgrad
DROP TABLE t;
-- +goose Down
/* headgate:downgrade */
SELECT 1; -- headgate:downgrade
