-- headgate:revision
-- revision = "7b13c5e9d04f"
-- down_revision = "f9d24b60a8e5"
-- message = "keep an audit of status changes"
-- create_date = 2026-03-23T14:10:00Z

-- headgate:upgrade postgresql
CREATE TABLE audit (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    article_id bigint NOT NULL,
    change text NOT NULL,
    at timestamptz NOT NULL DEFAULT CURRENT_TIMESTAMP
);

CREATE FUNCTION audit_article_status() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
    INSERT INTO audit (article_id, change) VALUES (NEW.id, OLD.status || ' -> ' || NEW.status);
    RETURN NULL;
END;
$body$;

CREATE TRIGGER articles_status_audit AFTER UPDATE OF status ON articles
    FOR EACH ROW WHEN (OLD.status IS DISTINCT FROM NEW.status)
    EXECUTE FUNCTION audit_article_status();

-- headgate:upgrade sqlite
CREATE TABLE audit (
    id INTEGER PRIMARY KEY,
    article_id INTEGER NOT NULL,
    change TEXT NOT NULL,
    at TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP
);

CREATE TRIGGER articles_status_audit AFTER UPDATE OF status ON articles
WHEN OLD.status IS NOT NEW.status
BEGIN
    INSERT INTO audit (article_id, change) VALUES (NEW.id, OLD.status || ' -> ' || NEW.status);
END;

-- headgate:downgrade postgresql
DROP TRIGGER articles_status_audit ON articles;
DROP FUNCTION audit_article_status();
DROP TABLE audit;

-- headgate:downgrade sqlite
DROP TRIGGER articles_status_audit;
DROP TABLE audit;
