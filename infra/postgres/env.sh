# shellcheck shell=bash disable=SC2034,SC2154
# Sourced by start.sh and stop.sh: where things are, and how to tell that the server runs.

pg_major=18
pg_packages=("postgresql-$pg_major" "postgresql-$pg_major-pgvector" "postgresql-$pg_major-pg-textsearch")
# Only Debian's cluster scripts and its service files need these.
pg_skip='perl.*|libperl.*|systemd.*|libsystemd-shared|adduser|debconf|locales.*|passwd|ssl-cert|postgresql-common.*'

pg_home=$cache_root/postgres
pg_root=$pg_home/root
pg_bin=$pg_root/usr/lib/postgresql/$pg_major/bin
pg_data=$(realpath -m "${KINDRED_PG_DATA:-$pg_home/data}")
pg_default_port=55432

pg_url() { echo "DATABASE_URL=postgres://postgres@127.0.0.1:$1/postgres"; }

# Prints "pid port" of the server that runs on the data folder; fails when none does.
pg_running() {
  local pid port
  [[ -s $pg_data/postmaster.pid ]] || return 1
  pid=$(sed -n 1p "$pg_data/postmaster.pid")
  port=$(sed -n 4p "$pg_data/postmaster.pid")
  process_has_argument "$pid" "$pg_data" || return 1
  echo "$pid $port"
}
