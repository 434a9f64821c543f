#!/usr/bin/env bash
# TimescaleDB (Apache edition) on PostgreSQL 17 without Docker, on 127.0.0.1 only.
#
#   timescaledb.sh start    builds it at the first time, starts it, waits until it answers and
#                           prints DATABASE_URL=postgres://… (everything else goes to stderr):
#                           export $(localstack/native/timescaledb.sh start)
#   timescaledb.sh stop     stops it; the data stay
#   timescaledb.sh reset    stops it and deletes the data of this instance
#   timescaledb.sh build    only builds
#   timescaledb.sh version  prints its version
#
# Exit status: 0, 1 for a fault, 3 when this machine cannot run it. See trixie.sh for NATIVE_DIR
# and NATIVE_INSTANCE, and postgresql.conf for the settings.
set -euo pipefail
# shellcheck source=localstack/native/trixie.sh
source "$(dirname "${BASH_SOURCE[0]}")/trixie.sh"

bin=/usr/lib/postgresql/17/bin
data=$home/data
data_outside=$trixie$data
log=$home_outside/postgres.log

as_postgres() { # command inside trixie…
  chroot --userspec=postgres:postgres "$trixie" \
    /usr/bin/env -i PATH="$bin:/usr/bin:/bin" HOME="$home" LANG=C.UTF-8 PGCONNECT_TIMEOUT=10 "$@" </dev/null 9>&-
}

running_port() {
  local lines
  mapfile -t lines 2>/dev/null <"$data_outside/postmaster.pid" || return 1
  # Line 1 is the process, line 4 its port.
  runs_in_trixie "${lines[0]:-}" && echo "${lines[3]:-}"
} 2>/dev/null

query() { as_postgres psql --no-psqlrc -qAtX -v ON_ERROR_STOP=1 -h "$home" -p "$(running_port)" "$@"; }

make_cluster() {
  [[ -f $home_outside/password ]] && return
  say "Making a database cluster …"
  # Half a cluster of an interrupted start has no password yet, and nothing worth keeping.
  rm -rf "$data_outside"
  mkdir -p "$home_outside"
  chroot "$trixie" chown postgres:postgres "$home"
  as_postgres initdb -D "$data" --locale=C.UTF-8 --encoding=UTF8 --auth-local=peer \
    --auth-host=scram-sha-256 >"$home_outside/initdb.log" 2>&1 ||
    fail 1 "initdb: $(last_line "$home_outside/initdb.log")"
  echo "include '$home/native.conf'" >>"$data_outside/postgresql.conf"
}

start_server() {
  local port started=$SECONDS
  port=$(choose_port "$home_outside/port" 55432) || fail 1 "no free port from 55432 to 55531"
  cp "$project/localstack/native/postgresql.conf" "$home_outside/native.conf"
  echo "unix_socket_directories = '$home'" >>"$home_outside/native.conf"
  # Again after a second: a server that was killed leaves processes that end a moment later.
  local attempt=1
  until as_postgres pg_ctl start -D "$data" -l "$home/postgres.log" -o "-p $port" -w -t 60 >/dev/null 2>&1; do
    ((attempt++ < 5)) || fail 1 "PostgreSQL did not start: $(last_line "$log") (log: $log)"
    sleep 1
  done
  say "TimescaleDB is ready after $((SECONDS - started)) s on port $port (log: $log)."
}

# The role may make databases and trusted extensions, as on a managed service; it is no superuser.
make_role() {
  [[ -f $home_outside/password ]] && return
  local password
  password=$(head -c 24 /dev/urandom | base64 | tr -d '+/=\n')
  query -d postgres -c "CREATE ROLE credits LOGIN CREATEDB PASSWORD '$password'" \
    -c "CREATE DATABASE credits OWNER credits" || fail 1 "the role and database cannot be made"
  (umask 077 && echo "$password" >"$home_outside/password.new")
  mv "$home_outside/password.new" "$home_outside/password"
}

build() { build_trixie; }

start() {
  build
  if running_port >/dev/null; then
    say "TimescaleDB runs already."
  else
    make_cluster
    start_server
    make_role
  fi
  echo "DATABASE_URL=postgres://credits:$(cat "$home_outside/password")@127.0.0.1:$(running_port)/credits"
}

stop() {
  running_port >/dev/null || { say "TimescaleDB does not run."; return; }
  as_postgres pg_ctl stop -D "$data" -m fast -w -t 60 >/dev/null 2>&1 ||
    as_postgres pg_ctl stop -D "$data" -m immediate -w -t 30 >/dev/null 2>&1 ||
    fail 1 "PostgreSQL did not stop within 90 s (log: $log)"
  say "TimescaleDB is stopped."
}

reset() {
  stop
  delete_home
}

# The licence is a setting of the extension, unknown before a database has it: made and taken back.
version() {
  running_port >/dev/null || fail 1 "TimescaleDB does not run"
  query -d postgres --single-transaction -c "CREATE EXTENSION timescaledb" -c "SELECT format(
    'TimescaleDB %s (%s licence) on PostgreSQL %s', extversion, current_setting('timescaledb.license'),
    split_part(current_setting('server_version'), ' ', 1)) FROM pg_extension
    WHERE extname = 'timescaledb'" -c "DROP EXTENSION timescaledb" 2>>"$log"
}

run_command "$@"
