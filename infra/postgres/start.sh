#!/usr/bin/env bash
# Starts PostgreSQL 18 with pgvector and pg_textsearch on loopback, without installing anything.
# The last line on stdout is DATABASE_URL=...; everything else goes to stderr. See infra/README.md.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
KINDRED_TOOL=postgres/start.sh
. "$here/../tools/cache.sh"
. "$here/../tools/debian.sh"
. "$here/env.sh"

# PostgreSQL's own programs read these too, and initdb stumbles over port 0.
asked_port=${PGPORT:-}
unset PGPORT PGOPTIONS

check() {
  require flock realpath setsid
  [[ $EUID -ne 0 ]] || require setpriv
  [[ -x $pg_bin/postgres ]] || debian_check
  local folder
  for folder in "$pg_home" "$pg_data"; do
    server_can_enter "$(dirname "$folder")" ||
      die "user $server_uid, who runs the server for root, cannot enter $(dirname "$folder"): chmod a+x it"
  done
}

unpack() {
  rm -rf "$pg_root" "$pg_root".new*
  debian_unpack "$pg_root.new" "$pg_skip" "${pg_packages[@]}"
  debian_wrap_programs "$pg_root.new" "usr/lib/postgresql/$pg_major/bin"
  mv "$pg_root.new" "$pg_root"
  local extension
  for extension in vector pg_textsearch; do
    say "$extension $(sed -n "s/^default_version *= *'\(.*\)'/\1/p" \
      "$pg_root/usr/share/postgresql/$pg_major/extension/$extension.control")"
  done
}

# Made beside its place and moved in, so that a killed initdb leaves nothing half done.
init_data() {
  if [[ -d $pg_data ]]; then
    rmdir "$pg_data" 2>/dev/null || die "$pg_data is neither empty nor a PostgreSQL data folder"
  fi
  rm -rf "$pg_data.new"
  mkdir -p "$(dirname "$pg_data")"
  mkdir -m 700 "$pg_data.new"
  [[ $EUID -ne 0 ]] || chown "$server_uid:$server_uid" "$pg_data.new"
  "${as_server[@]}" "$pg_bin/initdb" -D "$pg_data.new" -U postgres --auth=trust \
    --encoding=UTF8 --locale=C.UTF-8 --locale-provider=builtin --builtin-locale=C.UTF-8 >&2
  echo "include = 'kindred.conf'" >>"$pg_data.new/postgresql.conf"
  write_settings "$pg_data.new"
  mv "$pg_data.new" "$pg_data"
}

# A file, not options on the command line: so that ALTER SYSTEM in a test still wins.
write_settings() {
  local durable=${KINDRED_PG_FSYNC:-on}
  [[ $durable == on || $durable == off ]] || die "KINDRED_PG_FSYNC is on or off"
  {
    cat "$here/kindred.conf"
    printf '%s = %s\n' fsync "$durable" full_page_writes "$durable" synchronous_commit "$durable"
  } >"$1/kindred.conf"
}

launch() {
  LC_ALL=C.UTF-8 setsid "${as_server[@]}" "$pg_bin/postgres" -D "$pg_data" -p "$1" \
    -c listen_addresses=127.0.0.1 -c unix_socket_directories= \
    >>"$pg_data/server.log" 2>&1 </dev/null 9>&- &
  server_pid=$!
}

# Ours must be alive too: another program's server may answer on the same port.
is_ready() { pg_running >/dev/null && "$pg_bin/pg_isready" -q -h 127.0.0.1 -p "$1" -U postgres -d postgres; }

# After a kill -9 the old children may hold the shared memory for a moment: then it is tried again.
start_server() {
  local port=$1 tries=600 since=$SECONDS
  launch "$port"
  until is_ready "$port"; do
    if ! kill -0 "$server_pid" 2>/dev/null; then
      if ((SECONDS - since > 20)); then
        tail -n 20 "$pg_data/server.log" >&2
        die "PostgreSQL does not start; its log is $pg_data/server.log"
      fi
      sleep 0.5
      launch "$port"
    fi
    ((tries-- > 0)) || die "PostgreSQL is not ready after 60 s; its log is $pg_data/server.log"
    sleep 0.1
  done
}

check
[[ ${1:-} != --check ]] || exit 0
[[ $# -eq 0 ]] || die "usage: start.sh [--check]"

take_lock "$pg_home/lock"
[[ -x $pg_bin/postgres ]] || unpack
if running=$(pg_running); then
  read -r server_pid port <<<"$running"
  [[ ${asked_port:-0} == 0 || $asked_port == "$port" ]] ||
    say "already running, on port $port instead of $asked_port"
  until is_ready "$port"; do
    kill -0 "$server_pid" 2>/dev/null || die "PostgreSQL (pid $server_pid) ended while it started up"
    sleep 0.1
  done
else
  port=$(choose_port "$asked_port" "$pg_default_port")
  if [[ -s $pg_data/PG_VERSION ]]; then write_settings "$pg_data"; else init_data; fi
  start_server "$port"
fi
say "PostgreSQL $(<"$pg_data/PG_VERSION") on port $port, pid $server_pid, data in $pg_data"
pg_url "$port"
