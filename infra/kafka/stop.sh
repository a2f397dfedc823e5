#!/usr/bin/env bash
# Stops the Kafka broker that start.sh started on the same data folder (KINDRED_KAFKA_DATA).
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
KINDRED_TOOL=kafka/stop.sh
. "$here/../tools/cache.sh"
. "$here/env.sh"

take_lock "$kafka_home/lock"
if ! running=$(kafka_running); then
  say "Kafka is not running on $kafka_data"
  exit 0
fi
read -r server_pid _ <<<"$running"
kill -TERM "$server_pid"
if ! wait_gone "$server_pid" 300; then
  kill -KILL "$server_pid"
  wait_gone "$server_pid" 50 || die "Kafka (pid $server_pid) does not end"
fi
rm -f "$kafka_data/kafka.pid"
say "Kafka stopped"
