#!/usr/bin/env bash
# Chromium as Debian builds it, for the tests of the pages. It is installed where it is missing, which takes
# root and apt; nothing else brings the hundred libraries that it needs.
#
#   chromium.sh build    installs it at the first time and prints CHROMIUM=/… for `npm run test:browser`
#                        (the rest goes to stderr): export $(localstack/native/chromium.sh build)
#   chromium.sh version  prints its version
#
# Exit status: 0, 1 for a fault, 3 when this machine cannot run it. See trixie.sh for NATIVE_DIR.
set -euo pipefail
# shellcheck source=localstack/native/trixie.sh
source "$(dirname "${BASH_SOURCE[0]}")/trixie.sh"

log=$native_dir/chromium.log

install_chromium() {
  [[ $(id -u) -eq 0 ]] || cannot "only root can install Chromium"
  command -v apt-get >/dev/null || cannot "no apt-get"
  say "Installing Chromium (log: $log) …"
  local install=(env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends chromium)
  bounded 600 "$log" "${install[@]}" && return
  # A fresh machine has no package lists yet.
  bounded 300 "$log" apt-get update || cannot "apt-get update: $(last_line "$log")"
  bounded 600 "$log" "${install[@]}" || cannot "apt-get install chromium: $(last_line "$log")"
}

build() {
  command -v chromium >/dev/null || install_chromium
  local binary
  binary=$(command -v chromium) || cannot "no chromium after it was installed"
  bounded 60 "$log" "$binary" --version || cannot "chromium does not run: $(last_line "$log")"
  echo "CHROMIUM=$binary"
}

version() { chromium --version 2>/dev/null | tail -n 1; }

case ${1:-} in
  build) lock && build ;;
  version) version ;;
  *) fail 1 "use: $program.sh build|version" ;;
esac
