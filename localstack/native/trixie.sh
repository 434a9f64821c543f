# shellcheck shell=bash
# Sourced by timescaledb.sh and localstack.sh: the Debian trixie that both run in, because trixie
# has PostgreSQL 17 with TimescaleDB and the Python 3.13 that LocalStack needs, whatever the machine
# itself runs. Nothing stays mounted in it, so that deleting it is safe at any time. prometheus.sh
# only uses the functions for messages, time limits, locking and the mirror.
#
#   NATIVE_DIR       where builds and data live; default: .native at the project's root
#   NATIVE_INSTANCE  one build, several servers: each name has its own data and port; default: default

# Progress goes to stderr, so that stdout carries nothing but the KEY=value of the answer.
say() { echo "$*" >&2; }

# Exit status 1 is a fault; 3 means that this machine cannot run it (not root, no Debian mirror, no PyPI).
fail() { say "$program: $2"; exit "$1"; }
cannot() { fail 3 "cannot be had here: $1"; }

# debootstrap and chroot are in sbin, which su leaves out.
PATH=$PATH:/usr/sbin:/sbin

program=$(basename "$0" .sh)
project=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd -P)
native_dir=${NATIVE_DIR:-$project/.native}
instance=${NATIVE_INSTANCE:-default}
[[ $instance =~ ^[a-z0-9][a-z0-9-]{0,31}$ ]] ||
  fail 1 "NATIVE_INSTANCE must be up to 32 of a-z, 0-9 and '-', but is '$instance'"
mkdir -p "$native_dir" 2>/dev/null || cannot "$native_dir cannot be made"
native_dir=$(cd "$native_dir" && pwd -P)
trixie=$native_dir/trixie
packages=postgresql-17,postgresql-17-timescaledb,python3-venv,ca-certificates

# As seen inside trixie, and from outside.
home=/srv/$instance/$program
# shellcheck disable=SC2034 # the scripts that source this one use it
home_outside=$trixie$home

require_root() { [[ $(id -u) -eq 0 ]] || cannot "only root can use chroot"; }

# Runs a command that takes minutes with a bound, quietly: its output goes to a log. In the
# background, because bash would keep a Ctrl-C waiting until a foreground command is done.
child=
bounded() { # seconds, log, command…
  timeout --kill-after=10 "$1" "${@:3}" </dev/null >"$2" 2>&1 9>&- &
  child=$!
  local status=0
  wait "$child" || status=$?
  child=
  return "$status"
}
stop_child() { [[ -z $child ]] || { kill "$child" 2>/dev/null && wait "$child"; } || true; }
trap 'stop_child; exit 130' INT TERM

# One at a time per NATIVE_DIR: two starts would build twice or choose the same port. Servers must
# not inherit descriptor 9, or the lock would last as long as they do.
lock() {
  exec 9>"$native_dir/lock"
  flock --nonblock 9 && return
  say "Waiting for another start or stop in $native_dir …"
  flock --wait 1200 9 || fail 1 "another start or stop in $native_dir did not end within 20 minutes"
}

# The tail of a log that explains a failure, on one line.
last_line() { grep -v '^[[:space:]]*$' "$1" | tail -n 1; }

debian_mirror() {
  local mirror=${DEBIAN_MIRROR:-}
  # The mirror that the machine itself uses, in whichever format its sources are written.
  # shellcheck disable=SC2016 # apt's variables, not the shell's
  [[ -n $mirror ]] || mirror=$(apt-get indextargets --format '$(ORIGIN)|$(LABEL)|$(REPO_URI)' \
    'Identifier: Packages' 2>/dev/null | sed -n 's/^Debian|Debian|//p' | head -n 1)
  echo "${mirror:-http://deb.debian.org/debian}"
}

install_debootstrap() {
  command -v debootstrap >/dev/null && return
  command -v apt-get >/dev/null || cannot "no debootstrap, and no apt-get to install it with"
  say "Installing debootstrap …"
  local log=$native_dir/apt.log
  local install=(env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends debootstrap)
  bounded 300 "$log" "${install[@]}" && return
  # A fresh machine has no package lists yet.
  bounded 300 "$log" apt-get update || cannot "apt-get update: $(last_line "$log")"
  bounded 300 "$log" "${install[@]}" || cannot "apt-get install debootstrap: $(last_line "$log")"
}

build_trixie() {
  if [[ -d $trixie ]]; then
    [[ $(cat "$trixie/packages" 2>/dev/null) == "$packages" ]] && return
    fail 1 "$trixie was built for other packages; stop what runs in it, delete it, and start again"
  fi
  install_debootstrap
  local mirror building=$trixie.building log=$native_dir/debootstrap.log start=$SECONDS
  mirror=$(debian_mirror)
  rm -rf --one-file-system "$building"
  say "Building Debian trixie with PostgreSQL 17 and TimescaleDB from $mirror (a minute or two; log: $log) …"
  # Of its own mount namespace, debootstrap's /proc and /sys vanish with it even when it is killed.
  local private=()
  unshare --mount true 2>/dev/null && private=(unshare --mount --propagation private)
  bounded 900 "$log" "${private[@]}" debootstrap --variant=minbase --include="$packages" \
    trixie "$building" "$mirror" || cannot "debootstrap: $(last_line "$log")"
  # The package's own cluster has the encoding of the machine's locale; ours are made per instance.
  bounded 60 "$log.cluster" chroot "$building" pg_dropcluster --stop 17 main ||
    fail 1 "pg_dropcluster: $(last_line "$log.cluster")"
  rm -rf "$building"/var/cache/apt/archives/*.deb
  # PyPI is reached from inside, with the names and certificates that work outside.
  cp -fL /etc/resolv.conf /etc/hosts "$building/etc/"
  [[ ! -s /etc/ssl/certs/ca-certificates.crt ]] ||
    cp -fL /etc/ssl/certs/ca-certificates.crt "$building/etc/ssl/certs/"
  install -d -m 1777 "$building/dev/shm"
  echo "$packages" >"$building/packages"
  mv "$building" "$trixie"
  say "Built in $((SECONDS - start)) s, $(du -sh "$trixie" | cut -f 1)."
}

# The process id in a file may belong to another process by now: only one inside trixie counts.
runs_in_trixie() { # pid
  [[ $1 =~ ^[0-9]+$ && $(readlink "/proc/$1/root") == "$trixie" ]]
}

port_is_busy() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

# The port of the last start if it is still free, so that an exported address stays valid.
choose_port() { # file that remembers it, first choice
  local port
  for port in $(cat "$1" 2>/dev/null) $(seq "$2" $(($2 + 99))); do
    port_is_busy "$port" && continue
    echo "$port" | tee "$1"
    return
  done
  return 1
}

# Deletes everything of this server in this instance. It must be stopped.
delete_home() {
  rm -rf --one-file-system "$home_outside"
  rmdir --ignore-fail-on-non-empty "$trixie/srv/$instance" 2>/dev/null || true
}

run_command() { # the argument of the script; it defines start, stop, reset and version
  case ${1:-} in
    build | start | stop | reset | version)
      require_root
      lock
      "$1"
      ;;
    *)
      say "usage: $program.sh build | start | stop | reset | version"
      exit 1
      ;;
  esac
}
