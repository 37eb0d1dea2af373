#!/usr/bin/env bash
# Run once by PostgreSQL's image, when its volume is empty: the role, database, schema and extensions of Howdah.
set -euo pipefail

# The password is read by psql from a variable of its own, so that it stands on no command line. No statement of this
# session is logged or kept in pg_stat_statements.
HOWDAH_PASSWORD=$(cat /run/secrets/postgres-password)
export HOWDAH_PASSWORD
psql --no-psqlrc --set=ON_ERROR_STOP=1 --username postgres --dbname postgres <<'SQL'
\getenv password HOWDAH_PASSWORD
SET log_statement = 'none';
SET log_min_duration_statement = -1;
SET log_min_error_statement = 'panic';
SET pg_stat_statements.track_utility = off;
CREATE ROLE howdah LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS PASSWORD :'password';
CREATE DATABASE howdah;
REVOKE ALL ON DATABASE howdah FROM PUBLIC;
GRANT CONNECT, TEMPORARY ON DATABASE howdah TO howdah;
\connect howdah
CREATE SCHEMA howdah AUTHORIZATION howdah;
CREATE EXTENSION IF NOT EXISTS vector;
CREATE EXTENSION IF NOT EXISTS pg_stat_statements;
CREATE EXTENSION IF NOT EXISTS pg_trgm;
SQL
