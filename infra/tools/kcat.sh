#!/usr/bin/env bash
# Runs Debian's kcat with the given arguments; fetched once into the cache, not installed.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
KINDRED_TOOL=kcat.sh
. "$here/cache.sh"
. "$here/debian.sh"

folder=$cache_root/kcat/root
if [[ ! -x $folder/usr/bin/kcat ]]; then
  take_lock "$cache_root/kcat/lock"
  if [[ ! -x $folder/usr/bin/kcat ]]; then
    rm -rf "$folder" "$folder".new*
    debian_unpack "$folder.new" 'perl.*|systemd.*|adduser|debconf|passwd|libc-bin' kcat
    debian_wrap_programs "$folder.new" usr/bin
    mv "$folder.new" "$folder"
  fi
  exec 9>&-
fi
exec "$folder/usr/bin/kcat" "$@"
