#!/usr/bin/env bash
# LocalStack 4.14.0 (the last one without an account) without Docker, on 127.0.0.1 only. It keeps
# nothing: a restart is an empty AWS with the queues of ../queues/create-queues.py.
#
#   localstack.sh start    installs it at the first time, starts it, waits until the queues exist
#                          and prints SQS_ENDPOINT=http://127.0.0.1:4566 (the rest goes to stderr):
#                          export $(localstack/native/localstack.sh start)
#   localstack.sh stop     stops it
#   localstack.sh reset    stops it and deletes its files
#   localstack.sh build    only installs
#   localstack.sh version  prints its version
#
# Exit status: 0, 1 for a fault, 3 when this machine cannot run it. See trixie.sh for NATIVE_DIR
# and NATIVE_INSTANCE. Another port than 4566 is taken only when that one is busy.
set -euo pipefail
# shellcheck source=localstack/native/trixie.sh
source "$(dirname "${BASH_SOURCE[0]}")/trixie.sh"

release=4.14.0
uv_version=0.13.9
# Its dependencies as they were when it came out: later ones break it.
dependencies_until=2026-03-01
venv=/opt/localstack
log=$home_outside/localstack.log

# PyPI as the machine is configured for it (proxy, mirror), with the certificates that trixie has.
in_trixie=(env -u PIP_FIND_LINKS -u PYTHONDONTWRITEBYTECODE PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LANG=C.UTF-8
  SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt UV_PYTHON_DOWNLOADS=never
  UV_DEFAULT_INDEX="${UV_DEFAULT_INDEX:-${PIP_INDEX_URL:-https://pypi.org/simple}}"
  chroot "$trixie")

build() {
  build_trixie
  [[ $(cat "$trixie$venv/installed" 2>/dev/null) == "$release" ]] && return
  local install_log=$native_dir/localstack-install.log start=$SECONDS
  say "Installing LocalStack $release from PyPI (log: $install_log) …"
  rm -rf "$trixie$venv" "$trixie/opt/uv"
  # shellcheck disable=SC2015 # any step that fails means the same
  bounded 60 "$install_log" "${in_trixie[@]}" python3.13 -m venv /opt/uv &&
    bounded 300 "$install_log" "${in_trixie[@]}" /opt/uv/bin/pip install --quiet "uv==$uv_version" &&
    bounded 60 "$install_log" "${in_trixie[@]}" /opt/uv/bin/uv venv --python /usr/bin/python3.13 "$venv" &&
    bounded 600 "$install_log" "${in_trixie[@]}" /opt/uv/bin/uv pip install --python "$venv/bin/python" \
      --compile-bytecode --exclude-newer "$dependencies_until" "localstack-core[runtime]==$release" ||
    cannot "PyPI: $(last_line "$install_log")"
  rm -rf "$trixie/root/.cache"
  echo "$release" >"$trixie$venv/installed"
  say "Installed in $((SECONDS - start)) s."
}

running_pid() {
  local pid
  pid=$(cat "$home_outside/pid") && runs_in_trixie "$pid" && echo "$pid"
} 2>/dev/null

port() { cat "$home_outside/port"; }

# curl is not everywhere, bash is.
get() { # path
  exec 3<>"/dev/tcp/127.0.0.1/$(port)" || return
  printf 'GET %s HTTP/1.0\r\nHost: 127.0.0.1\r\n\r\n' "$1" >&3
  timeout 5 cat <&3
  exec 3>&-
} 2>/dev/null

# LocalStack 4.14 takes only the port from GATEWAY_LISTEN and would answer the whole network.
main='
import functools, runpy
from twisted.internet import endpoints
endpoints.TCP4ServerEndpoint = functools.partial(endpoints.TCP4ServerEndpoint, interface="127.0.0.1")
runpy.run_module("localstack.runtime.main", run_name="__main__")
'

start_server() {
  local port
  mkdir -p "$home_outside/volume"
  port=$(choose_port "$home_outside/port" 4566) || fail 1 "no free port from 4566 to 4665"
  # In a session of its own, so that stop can end it with all its children. DNS_ADDRESS=0, because it
  # would otherwise take port 53. The path strategy makes queue URLs that need no wildcard DNS.
  setsid chroot "$trixie" /usr/bin/env -i PATH="$venv/bin:/usr/bin:/bin" HOME=/root LANG=C.UTF-8 \
    SERVICES=sqs,cloudformation,events,scheduler,s3,iam,sts,ssm,logs \
    GATEWAY_LISTEN="127.0.0.1:$port" LOCALSTACK_HOST="127.0.0.1:$port" SQS_ENDPOINT_STRATEGY=path \
    LOCALSTACK_VOLUME_DIR="$home/volume" DISABLE_EVENTS=1 LS_LOG=warning SKIP_SSL_CERT_DOWNLOAD=1 DNS_ADDRESS=0 \
    "$venv/bin/python" -c "$main" </dev/null >"$log" 2>&1 9>&- &
  echo "$!" >"$home_outside/pid"
  # It counts as running in trixie only once setsid and chroot have run.
  for _ in {1..50}; do ! running_pid >/dev/null || return 0; sleep 0.1; done
}

wait_until_ready() {
  local started=$SECONDS
  until [[ $(get /_localstack/health) == *'"sqs"'* ]]; do
    running_pid >/dev/null || fail 1 "LocalStack ended while it started: $(last_line "$log") (log: $log)"
    ((SECONDS - started < 240)) || { stop; fail 1 "LocalStack was not ready within 240 s (log: $log)"; }
    sleep 0.3
  done
  say "LocalStack is ready after $((SECONDS - started)) s on port $(port) (log: $log)."
}

# In its container LocalStack runs this itself; outside of one it ignores init hooks.
create_queues() {
  local queues_log=$home_outside/create-queues.log
  timeout 60 chroot "$trixie" /usr/bin/env -i PATH=/usr/bin:/bin LANG=C.UTF-8 \
    SQS_ENDPOINT="http://127.0.0.1:$(port)" "$venv/bin/python" - \
    <"$project/localstack/queues/create-queues.py" >"$queues_log" 2>&1 ||
    fail 1 "create-queues.py: $(last_line "$queues_log") (log: $queues_log)"
}

start() {
  build
  if running_pid >/dev/null; then
    say "LocalStack runs already."
  else
    start_server
  fi
  wait_until_ready
  create_queues
  echo "SQS_ENDPOINT=http://127.0.0.1:$(port)"
}

stop() {
  local pid waited=0
  pid=$(running_pid) || { say "LocalStack does not run."; return; }
  kill -TERM "$pid"
  while kill -0 -- "-$pid" 2>/dev/null && ((waited++ < 50)); do sleep 0.3; done
  kill -KILL -- "-$pid" 2>/dev/null || true
  rm -f "$home_outside/pid"
  say "LocalStack is stopped."
}

reset() {
  stop
  delete_home
}

version() {
  local answer
  answer=$(get /_localstack/health) || fail 1 "LocalStack does not run"
  [[ $answer =~ \"version\":\ *\"([^\"]+)\" ]] || fail 1 "LocalStack does not say its version"
  echo "LocalStack ${BASH_REMATCH[1]}"
}

run_command "$@"
