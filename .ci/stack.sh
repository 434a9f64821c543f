#!/usr/bin/env bash
# Sourced: the local stack of the folder that one is in, as somebody starts it. One at a time.
#
#   start_stack LOG [argument of npm start]…   sets base_url, or shows the log and fails
#   stop_stack                                 fails where it does not end

ready_seconds_max=120
stop_seconds_max=30
stack=

start_stack() {
  local log=$1 second
  shift
  : >"$log"
  PORT=0 setsid npm start -- "$@" >"$log" 2>&1 &
  stack=$!
  base_url=
  for ((second = 0; second < ready_seconds_max; second++)); do
    base_url=$(sed -n 's/^Ready after .*: \(http.*\)/\1/p' "$log")
    [[ -z $base_url ]] && kill -0 "$stack" 2>/dev/null || break
    sleep 1
  done
  cat "$log"
  [[ -n $base_url ]]
}

# As Ctrl-C does: to all of the group, because the shell between npm and Node passes no signal on. npm then
# ends with 130; that nothing is left is what counts.
stop_stack() {
  [[ -n $stack ]] || return 0
  local stopping=$stack second
  stack=
  kill -INT -- "-$stopping" 2>/dev/null || true
  for ((second = 0; second < stop_seconds_max; second++)); do
    kill -0 -- "-$stopping" 2>/dev/null || return 0
    sleep 1
  done
  echo "The stack does not end."
  kill -KILL -- "-$stopping" 2>/dev/null || true
  return 1
}
