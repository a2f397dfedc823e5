#!/usr/bin/env bash
# Runs one of Kafka's own command-line tools: tool.sh topics|groups|produce|consume|offsets|configs ARGS,
# or tool.sh CLASS ARGS. Short names use the broker of start.sh unless --bootstrap-server is given.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
KINDRED_TOOL=kafka/tool.sh
. "$here/../tools/cache.sh"
. "$here/env.sh"

case ${1:-} in
  topics) class=org.apache.kafka.tools.TopicCommand ;;
  groups) class=org.apache.kafka.tools.consumer.group.ConsumerGroupCommand ;;
  produce) class=org.apache.kafka.tools.ConsoleProducer ;;
  consume) class=org.apache.kafka.tools.consumer.ConsoleConsumer ;;
  offsets) class=org.apache.kafka.tools.GetOffsetShell ;;
  configs) class=kafka.admin.ConfigCommand ;;
  *.*) class=$1 ;;
  *) die "usage: tool.sh topics|groups|produce|consume|offsets|configs|CLASS [ARGUMENTS]" ;;
esac
short_name=true
[[ $1 != *.* ]] || short_name=false
shift

kafka_check
if [[ ! -d $kafka_jars ]]; then
  take_lock "$kafka_home/lock"
  kafka_fetch
  exec 9>&-
fi
if [[ $short_name == true && " $* " != *" --bootstrap-server "* ]]; then
  running=$(kafka_running) || die "no broker runs on $kafka_data; start it or give --bootstrap-server"
  set -- --bootstrap-server "127.0.0.1:${running#* }" "$@"
fi
kafka_tool "$class" "$@"
