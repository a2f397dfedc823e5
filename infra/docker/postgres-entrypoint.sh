#!/usr/bin/env bash
# Makes the data folder at the first start, with one role that owns one database, and runs PostgreSQL.
# POSTGRES_USER (kindred), POSTGRES_PASSWORD (required), POSTGRES_DB (as the user); arguments go to postgres.
set -euo pipefail

export POSTGRES_USER=${POSTGRES_USER:-kindred}
export POSTGRES_DB=${POSTGRES_DB:-$POSTGRES_USER}
config=${KINDRED_PG_CONFIG:-/etc/kindred/kindred.conf}
new=$PGDATA.new

# The role is no superuser, but migrations make roles. Extensions need a superuser, so they are made here.
create_database() {
  psql --quiet --no-psqlrc --set=ON_ERROR_STOP=1 --host="$new" --username=postgres --dbname=postgres <<'SQL'
\getenv user POSTGRES_USER
\getenv password POSTGRES_PASSWORD
\getenv database POSTGRES_DB
create role :"user" login createrole password :'password';
create database :"database" owner :"user";
\connect :"database"
create extension vector;
create extension pg_textsearch;
SQL
}

# Made beside its place and moved in at the end, so that an interrupted first start begins anew.
init() {
  : "${POSTGRES_PASSWORD:?set it for the first start}"
  rm -rf "$new"
  initdb --pgdata="$new" --username=postgres --auth-local=peer --auth-host=scram-sha-256 \
    --encoding=UTF8 --locale=C.UTF-8 --locale-provider=builtin --builtin-locale=C.UTF-8
  echo "include = '$config'" >>"$new/postgresql.conf"
  echo 'host all all all scram-sha-256' >>"$new/pg_hba.conf"
  pg_ctl --pgdata="$new" --wait start --options="-c listen_addresses= -c unix_socket_directories=$new"
  create_database
  pg_ctl --pgdata="$new" --wait --mode=fast stop
  mv "$new" "$PGDATA"
}

[[ -s $PGDATA/PG_VERSION ]] || init
unset POSTGRES_PASSWORD
exec postgres -D "$PGDATA" -c listen_addresses='*' "$@"
