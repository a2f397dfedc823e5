# shellcheck shell=bash
# Sourced after cache.sh: unpacks Debian packages into a folder and runs their programs from there.
# The host's package database, lists and caches are neither read for this nor changed.

debian_suite=forky

# Which mirror: the one that the host's own apt uses, unless KINDRED_DEBIAN_MIRROR names another.
debian_mirror() {
  if [[ -n ${KINDRED_DEBIAN_MIRROR:-} ]]; then
    echo "$KINDRED_DEBIAN_MIRROR"
  else
    apt-get indextargets --format "\$(REPO_URI)" 'Created-By: Packages' 2>/dev/null |
      grep -E '/debian/?$' | sort -u | head -n 1
  fi
}

debian_keyring() {
  local file
  for file in /usr/share/keyrings/debian-archive-keyring.{gpg,pgp}; do
    [[ -r $file ]] && echo "$file" && return
  done
  return 1
}

debian_check() {
  require apt-get apt-config dpkg dpkg-deb flock
  debian_keyring >/dev/null || die "no Debian archive keyring in /usr/share/keyrings"
  [[ -n $(debian_mirror) ]] ||
    die "apt on this machine knows no Debian mirror; name one in KINDRED_DEBIAN_MIRROR"
}

# An apt of our own: the host's way to the network (proxy, time-outs), our folders, no installed packages.
debian_apt_config() {
  local apt=$1
  mkdir -p "$apt"/state/lists/partial "$apt"/cache/archives/partial
  : >"$apt/status"
  echo "deb [signed-by=$(debian_keyring)] $(debian_mirror) $debian_suite main" >"$apt/sources.list"
  {
    apt-config dump | grep -E '^Acquire::' || true
    printf '%s "%s";\n' \
      Dir::State "$apt/state" Dir::State::status "$apt/status" Dir::Cache "$apt/cache" \
      Dir::Etc::sourcelist "$apt/sources.list" Dir::Etc::sourceparts /dev/null \
      Dir::Etc::main /dev/null Dir::Etc::parts /dev/null \
      Dir::Etc::preferences /dev/null Dir::Etc::preferencesparts /dev/null \
      APT::Sandbox::User root APT::Architecture "$(dpkg --print-architecture)" \
      Acquire::Languages none Acquire::Retries 3
  } >"$apt/apt.conf"
}

# debian_unpack FOLDER SKIP PACKAGE...: the packages and all they need, except names matching SKIP.
debian_unpack() {
  local folder=$1 skip=$2 apt deb
  shift 2
  debian_check
  apt=$(mktemp -d "$folder.apt.XXXXXX")
  say "fetching $* from Debian $debian_suite ..."
  debian_apt_config "$apt"
  export APT_CONFIG=$apt/apt.conf
  apt-get -qq update >&2
  apt-get -qq install -y -d --no-install-recommends "$@" >&2
  unset APT_CONFIG
  mkdir -p "$folder"
  for deb in "$apt"/cache/archives/*.deb; do
    [[ $(basename "$deb") =~ ^($skip)_ ]] || dpkg-deb -x "$deb" "$folder"
  done
  rm -rf "$apt"
  chmod 755 "$folder"
}

# Programs start through the unpacked C library's own loader, since the host's may be older.
# The wrapper finds everything relative to itself, so the folder can be moved.
debian_wrap_programs() {
  local folder=$1 programs=$2 up loader libraries file name
  loader=$(cd "$folder" && compgen -G 'usr/lib/*-linux-gnu*/ld-linux*.so.*' | head -n 1)
  [[ -n $loader ]] || die "no program loader among the unpacked packages"
  libraries=$(dirname "$loader")
  # shellcheck disable=SC2001 # every path element becomes "..": no plain substitution does that
  up=$(sed 's:[^/][^/]*:..:g' <<<"$programs")
  mkdir -p "$folder/$programs/elf"
  for file in "$folder/$programs"/*; do
    name=$(basename "$file")
    [[ -f $file && ! -L $file && $(head -c 4 "$file" | tail -c 3) == ELF ]] || continue
    mv "$file" "$folder/$programs/elf/$name"
    cat >"$file" <<EOF
#!/bin/sh
d=\${0%/*}; r=\$d/$up; export LOCPATH=\$r/usr/lib/locale
exec "\$r/$loader" --library-path "\$r/$libraries" --argv0 "\$0" "\$d/elf/$name" "\$@"
EOF
    chmod 755 "$file"
  done
}
