#!/bin/sh
# Run once, when the database volume is empty: the application's own role, which is no superuser.
set -eu
psql --username postgres --set=ON_ERROR_STOP=1 --set=password="$DATABASE_PASSWORD" <<'SQL'
create role colourmaps login password :'password' nosuperuser nocreatedb nocreaterole nobypassrls;
create database colourmaps owner colourmaps;
revoke connect on database colourmaps from public;
SQL
