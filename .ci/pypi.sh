#!/usr/bin/env bash
# Sourced: programs of PyPI, each in an environment of its own that is kept.
#
#   from_pypi FOLDER PYTHON PACKAGE…   ends the script with 3 where it cannot be had

from_pypi() {
  local folder=$1 python=$2
  shift 2
  [[ ! -e $folder/complete ]] || return 0
  mkdir -p "$(dirname "$folder")"
  rm -rf "$folder"
  if "$python" -m venv "$folder" && "$folder/bin/pip" install --quiet "$@"; then
    touch "$folder/complete"
  else
    rm -rf "$folder"
    echo "$1 cannot be had: no $python with venv, or no PyPI."
    exit 3
  fi
}
