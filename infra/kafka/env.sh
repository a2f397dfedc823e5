# shellcheck shell=bash disable=SC2034,SC2154
# Sourced by start.sh, stop.sh and tool.sh: where things are, and how to tell that the broker runs.

kafka_version=$(sed -n 's:.*<kafka.version>\(.*\)</kafka.version>.*:\1:p' "$here/pom.xml")
kafka_home=$cache_root/kafka
kafka_jars=$kafka_home/jars-$kafka_version
kafka_data=$(realpath -m "${KINDRED_KAFKA_DATA:-$kafka_home/data}")
kafka_default_port=59092
kafka_java_major=17

kafka_url() { echo "KAFKA_BROKERS=127.0.0.1:$1"; }

# Prints "pid port" of the broker that runs on the data folder; fails when none does.
kafka_running() {
  local pid port
  [[ -s $kafka_data/kafka.pid ]] || return 1
  read -r pid port <"$kafka_data/kafka.pid"
  process_has_argument "$pid" "$kafka_data/server.properties" || return 1
  echo "$pid $port"
}

kafka_check() {
  require flock realpath setsid java
  local major
  major=$(java -version 2>&1 | sed -n 's/.* version "\([0-9]*\).*/\1/p' | head -n 1)
  ((${major:-0} >= kafka_java_major)) ||
    die "Kafka $kafka_version needs Java $kafka_java_major or later, this is ${major:-unknown}"
  [[ -d $kafka_jars ]] || require mvn
}

kafka_fetch() {
  [[ ! -d $kafka_jars ]] || return 0
  say "fetching Kafka $kafka_version ..."
  rm -rf "$kafka_jars.new"
  mvn -q -B -Dstyle.color=never -f "$here/pom.xml" dependency:copy-dependencies \
    -DincludeScope=runtime "-DoutputDirectory=$kafka_jars.new" >&2
  mv "$kafka_jars.new" "$kafka_jars"
}

# The command-line tools: short-lived, so only the quick compiler and a small heap.
# Replaces the shell, so that a signal reaches the tool; start.sh calls it in a subshell.
kafka_tool() {
  exec java -Xmx256m -XX:TieredStopAtLevel=1 -XX:+UseSerialGC \
    -Dlog4j2.configurationFile="$here/log4j2-tools.properties" -cp "$kafka_jars/*" "$@"
}
