#!/bin/sh
# Run once, when the database volume is empty: the database, its owner, and a role per kind of process (docs/tenancy.md).
set -eu
psql --username postgres --set=ON_ERROR_STOP=1 --command='create database colourmaps'
psql --username postgres --dbname=colourmaps --set=ON_ERROR_STOP=1 \
    --set=owner_password="$DATABASE_PASSWORD" --set=web_password="$WEB_DATABASE_PASSWORD" \
    --set=worker_password="$WORKER_DATABASE_PASSWORD" --set=beat_password="$BEAT_DATABASE_PASSWORD" \
    --file=/etc/colourmaps/roles.sql
