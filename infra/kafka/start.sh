#!/usr/bin/env bash
# Starts one Kafka broker (KRaft, its own controller) on loopback, from Maven's jars.
# The last line on stdout is KAFKA_BROKERS=...; everything else goes to stderr. See infra/README.md.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
KINDRED_TOOL=kafka/start.sh
. "$here/../tools/cache.sh"
. "$here/env.sh"

write_settings() {
  local controller_port
  controller_port=$(free_port)
  sed -e "s/@PORT@/$1/g" -e "s/@CONTROLLER_PORT@/$controller_port/g" -e "s:@DATA@:$kafka_data:g" \
    "$here/server.properties.template" >"$kafka_data/server.properties"
}

# A cluster id is 16 random bytes; a leading dash would be read as an option.
cluster_id() {
  local id=-
  while [[ $id == -* ]]; do
    id=$(head -c 16 /dev/urandom | base64 | tr '+/' '-_' | tr -d '=')
  done
  echo "$id"
}

format_data() {
  [[ ! -s $kafka_data/logs/meta.properties ]] || return 0
  (kafka_tool kafka.tools.StorageTool format --ignore-formatted \
    -t "$(cluster_id)" -c "$kafka_data/server.properties" >&2)
}

launch() {
  [[ ! -s $kafka_data/server.log ]] || mv "$kafka_data/server.log" "$kafka_data/server.log.1"
  setsid java -Xms256m -Xmx512m -XX:+UseG1GC -XX:MaxGCPauseMillis=20 -Djava.awt.headless=true \
    -Dlog4j2.configurationFile="$here/log4j2.properties" -cp "$kafka_jars/*" \
    kafka.Kafka "$kafka_data/server.properties" >"$kafka_data/server.log" 2>&1 </dev/null 9>&- &
  server_pid=$!
  echo "$server_pid $1" >"$kafka_data/kafka.pid"
}

wait_ready() {
  local tries=900
  until grep -q 'Kafka Server started' "$kafka_data/server.log" 2>/dev/null; do
    if ! kill -0 "$1" 2>/dev/null; then
      tail -n 20 "$kafka_data/server.log" >&2
      die "Kafka does not start; its log is $kafka_data/server.log"
    fi
    ((tries-- > 0)) || die "Kafka is not ready after 90 s; its log is $kafka_data/server.log"
    sleep 0.1
  done
}

kafka_check
[[ ${1:-} != --check ]] || exit 0
[[ $# -eq 0 ]] || die "usage: start.sh [--check]"

take_lock "$kafka_home/lock"
kafka_fetch
if running=$(kafka_running); then
  read -r server_pid port <<<"$running"
  [[ ${KAFKA_PORT:-0} == 0 || $KAFKA_PORT == "$port" ]] ||
    say "already running, on port $port instead of $KAFKA_PORT"
else
  port=$(choose_port "${KAFKA_PORT:-}" "$kafka_default_port")
  mkdir -p "$kafka_data/logs"
  write_settings "$port"
  format_data
  launch "$port"
fi
wait_ready "$server_pid"
say "Kafka $kafka_version on port $port, pid $server_pid, data in $kafka_data"
kafka_url "$port"
