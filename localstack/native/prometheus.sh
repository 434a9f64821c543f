#!/usr/bin/env bash
# Prometheus as Debian builds it, without installing it: bookworm's is 2.42, which speaks remote write
# 1.0 only; sid's is 3.5 or later and speaks 2.0 as well. Needs apt and dpkg, but neither root nor the
# machine's own release; what apt has configured here is used (mirror, proxies) and not changed.
#
#   prometheus.sh build bookworm|sid    unpacks it at the first time and prints PROMETHEUS=/… for
#                                       `npm run test:prometheus` (the rest goes to stderr):
#                                       export $(localstack/native/prometheus.sh build sid)
#   prometheus.sh version bookworm|sid  prints its version
#
# Exit status: 0, 1 for a fault, 3 when this machine cannot run it. See trixie.sh for NATIVE_DIR.
# Once unpacked it stays: delete NATIVE_DIR/prometheus/sid to get what sid has by then.
set -euo pipefail
# shellcheck source=localstack/native/trixie.sh
source "$(dirname "${BASH_SOURCE[0]}")/trixie.sh"

release=${2:-}
unpacked=$native_dir/prometheus/$release
binary=$unpacked/usr/bin/prometheus
log=$native_dir/prometheus-$release.log

# Those of trixie, where it is built, know the newer keys.
debian_keys() {
  local keys
  for keys in {"$trixie",}/usr/share/keyrings/debian-archive-keyring.gpg; do
    [[ ! -s $keys ]] || { echo "$keys"; return; }
  done
  return 1
}

# The settings of an apt of its own, which knows this release only: no list, pin or hook of the
# machine's counts, and nothing is written where the machine's apt keeps its state.
own_apt() { # directory
  mkdir -p "$1/lists/partial" "$1/cache/archives/partial"
  echo "deb [signed-by=$(debian_keys) arch=$(dpkg --print-architecture) target=Packages] $(debian_mirror) $release main" \
    >"$1/sources.list"
  cat >"$1/apt.conf" <<END
#clear APT::Update::Post-Invoke;
#clear APT::Update::Post-Invoke-Success;
APT::Update::Error-Mode "any";
APT::Sandbox::User "$(id -un)";
Dir::Etc::SourceList "$1/sources.list";
Dir::Etc::SourceParts "/dev/null";
Dir::Etc::Preferences "/dev/null";
Dir::Etc::PreferencesParts "/dev/null";
Dir::State::Lists "$1/lists";
Dir::Cache "$1/cache";
END
}

download() {
  local building=$unpacked.building start=$SECONDS
  command -v apt-get >/dev/null || cannot "no apt-get"
  debian_keys >/dev/null || cannot "no keys of the Debian archive (package debian-archive-keyring)"
  rm -rf "$building"
  own_apt "$building/apt"
  say "Getting Prometheus of Debian $release from $(debian_mirror) (log: $log) …"
  # The package is put where apt-get is started.
  # shellcheck disable=SC2015 # either step that fails means the same
  bounded 180 "$log" apt-get -c "$building/apt/apt.conf" update &&
    bounded 300 "$log" env --chdir="$building" apt-get -c "$building/apt/apt.conf" download prometheus ||
    cannot "Debian $release: $(grep -m 1 '^[EW]: ' "$log" || last_line "$log")"
  bounded 60 "$log" dpkg -x "$building"/prometheus_*.deb "$building" ||
    fail 1 "dpkg -x: $(last_line "$log")"
  bounded 10 "$log" "$building/usr/bin/prometheus" --version ||
    cannot "the binary of Debian $release does not run: $(last_line "$log")"
  rm -rf "$building"/{apt,prometheus_*.deb}
  mv "$building" "$unpacked"
  say "Unpacked after $((SECONDS - start)) s, $(du -sh "$unpacked" | cut -f 1)."
}

build() {
  [[ -x $binary ]] || download
  echo "PROMETHEUS=$binary"
}

version() {
  local answer
  [[ -x $binary ]] || fail 1 "Prometheus of Debian $release is not unpacked"
  answer=$("$binary" --version 2>&1)
  [[ $answer =~ version\ ([0-9.]+) ]] || fail 1 "Prometheus does not say its version"
  echo "Prometheus ${BASH_REMATCH[1]}"
}

case "${1:-} $release" in
  "build bookworm" | "build sid" | "version bookworm" | "version sid")
    lock
    "$1"
    ;;
  *)
    say "usage: $program.sh build | version  bookworm | sid"
    exit 1
    ;;
esac
