#!/usr/bin/env bash
# Stops the PostgreSQL that start.sh started on the same data folder (KINDRED_PG_DATA).
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
KINDRED_TOOL=postgres/stop.sh
. "$here/../tools/cache.sh"
. "$here/env.sh"

take_lock "$pg_home/lock"
if ! running=$(pg_running); then
  say "PostgreSQL is not running on $pg_data"
  exit 0
fi
read -r server_pid _ <<<"$running"
# INT: drop the connections, then shut down in order. QUIT: at once, recovery at the next start.
kill -INT "$server_pid"
if ! wait_gone "$server_pid" 300; then
  kill -QUIT "$server_pid"
  wait_gone "$server_pid" 100 || die "PostgreSQL (pid $server_pid) does not end"
fi
say "PostgreSQL stopped"
