-- SPDX-License-Identifier: Apache-2.0
-- Run once by an administrator in the application's own database, before the first deploy:
--   psql -v owner_password=… -v app_password=… -f roles.sql "$ADMIN_URL"
-- app_owner owns the schemas and everything that a revision makes; app reads and writes rows, and changes no schema.
CREATE ROLE app_owner LOGIN PASSWORD :'owner_password';
CREATE ROLE app LOGIN PASSWORD :'app_password';

CREATE SCHEMA app AUTHORIZATION app_owner;
-- headgate's own tables (HEADGATE_LEDGER_SCHEMA) are kept apart, or the default privileges below would let app change them.
CREATE SCHEMA headgate AUTHORIZATION app_owner;
GRANT USAGE ON SCHEMA app, headgate TO app;
ALTER ROLE app_owner SET search_path = app;
ALTER ROLE app SET search_path = app;

ALTER DEFAULT PRIVILEGES FOR ROLE app_owner IN SCHEMA app GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO app;
ALTER DEFAULT PRIVILEGES FOR ROLE app_owner IN SCHEMA app GRANT USAGE, SELECT ON SEQUENCES TO app;
