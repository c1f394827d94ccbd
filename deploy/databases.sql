-- The two databases, and the three roles that share them: made once, by an administrator of PostgreSQL 14.9 or newer, with
-- psql 15 or newer, from the environment:
--   LINXUAN_OWNER_PASSWORD=… LINXUAN_PASSWORD=… PREFECT_DATABASE_PASSWORD=… psql -U postgres -f databases.sql
\set ON_ERROR_STOP on
\getenv owner_password LINXUAN_OWNER_PASSWORD
\getenv password LINXUAN_PASSWORD
\getenv prefect_password PREFECT_DATABASE_PASSWORD

-- Makes and alters tables: `linxuan migrate` and `linxuan restore`, and nothing that runs by day.
CREATE ROLE linxuan_owner LOGIN PASSWORD :'owner_password';
-- What runs: it owns nothing, so it can take no trigger away, and the history stays append-only also to whoever has its
-- password.
CREATE ROLE linxuan LOGIN PASSWORD :'password';
-- Prefect, which sees nothing of the product's.
CREATE ROLE prefect LOGIN PASSWORD :'prefect_password';

CREATE DATABASE linxuan OWNER linxuan_owner ENCODING 'UTF8' TEMPLATE template0;
CREATE DATABASE prefect OWNER prefect ENCODING 'UTF8' TEMPLATE template0;
REVOKE ALL ON DATABASE linxuan, prefect FROM PUBLIC;
GRANT CONNECT ON DATABASE linxuan TO linxuan;

\connect linxuan
REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE, CREATE ON SCHEMA public TO linxuan_owner;
GRANT USAGE ON SCHEMA public TO linxuan;
-- Of the tables that migrations make, now and later.
ALTER DEFAULT PRIVILEGES FOR ROLE linxuan_owner IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO linxuan;
ALTER DEFAULT PRIVILEGES FOR ROLE linxuan_owner IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO linxuan;

\connect prefect
REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE, CREATE ON SCHEMA public TO prefect;
