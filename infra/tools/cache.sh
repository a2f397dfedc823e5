# shellcheck shell=bash disable=SC2034
# Sourced by the scripts under infra/: messages, the cache folder, the server's user, free ports.

say() { printf '%s\n' "$*" >&2; }

die() {
  say "${KINDRED_TOOL:-${0##*/}}: $*"
  exit 1
}

# Database servers refuse root, so root hands them to the user that Debian calls nobody.
server_uid=65534
as_server=()
if [[ $EUID -eq 0 ]]; then
  as_server=(setpriv "--reuid=$server_uid" "--regid=$server_uid" --clear-groups)
fi

# True when the server's user can enter the folder, or the nearest parent that exists.
server_can_enter() {
  local folder=$1
  until [[ -d $folder ]]; do folder=$(dirname "$folder"); done
  "${as_server[@]}" test -x "$folder" 2>/dev/null
}

repo_root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
if [[ -n ${KINDRED_CACHE:-} ]]; then
  cache_root=$(realpath -m "$KINDRED_CACHE")
elif server_can_enter "$repo_root"; then
  cache_root=$repo_root/.cache
else
  # A clone in root's home: the server's user could not enter it.
  cache_root=/var/cache/kindred
fi

require() {
  local tool missing=()
  for tool in "$@"; do
    command -v "$tool" >/dev/null || missing+=("$tool")
  done
  [[ ${#missing[@]} -eq 0 ]] || die "missing on this machine: ${missing[*]}"
}

# Holds descriptor 9 on a lock file until the script ends; start servers with 9>&-.
take_lock() {
  mkdir -p "$(dirname "$1")"
  exec 9>"$1"
  flock -w 600 9 || die "another process holds $1 for 10 minutes"
}

port_is_taken() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

# Below the kernel's own range, so that no outgoing connection takes it in between.
free_port() {
  local port
  for _ in {1..200}; do
    port=$((20000 + (RANDOM * 32768 + RANDOM) % 12000))
    port_is_taken "$port" || break
  done
  echo "$port"
}

# The port to use: the one asked for (0: any), or the default, or any when the default is taken.
choose_port() {
  local asked=$1 default=$2
  if [[ -z $asked ]]; then
    if port_is_taken "$default"; then free_port; else echo "$default"; fi
  elif [[ ! $asked =~ ^[0-9]+$ ]] || ((asked > 65535)); then
    die "not a port: $asked"
  elif [[ $asked -eq 0 ]]; then
    free_port
  elif port_is_taken "$asked"; then
    die "port $asked is taken by another program"
  else
    echo "$asked"
  fi
}

# True when process $1 is alive and $2 is one of its arguments: a recycled number is no match.
process_has_argument() {
  [[ $1 =~ ^[0-9]+$ && -r /proc/$1/cmdline ]] || return 1
  tr '\0' '\n' <"/proc/$1/cmdline" | grep -Fxq -- "$2"
}

# Waits until process $1 is gone, for $2 tenths of a second at most.
wait_gone() {
  local tries=$2
  while [[ -d /proc/$1 ]] && ((tries-- > 0)); do sleep 0.1; done
  [[ ! -d /proc/$1 ]]
}
