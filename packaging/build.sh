#!/usr/bin/env bash
# Configures and builds one preset, through ccache, as many at a time as memory allows (a torch source needs 0.7 GB).
#   build.sh PRESET [TARGET…]
set -euo pipefail
# shellcheck source=common.sh
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"
preset=$1
shift
need_disk "$top" 1000 "the build"
export CCACHE_BASEDIR=$top CCACHE_NOHASHDIR=1
memory=$(awk '/MemAvailable/{print int($2/1200000)}' /proc/meminfo)
jobs=$(nproc)
[ "$memory" -lt "$jobs" ] && jobs=$memory
[ "$jobs" -ge 1 ] || jobs=1
log=$(mktemp)
cd "$top"
if ! cmake --preset "$preset" >"$log" 2>&1; then
  tail -n 30 "$log" >&2
  fail "the build could not be configured." "The lines above say what is missing; packaging/setup.sh installs everything that is needed."
fi
rm -f "$log"
say "Building ($preset)…"
if [ -t 1 ]; then
  cmake --build --preset "$preset" -j "$jobs" ${1:+--target "$@"} || fail "the build failed." "The first error above says where."
else
  # Without a terminal only the last line and errors are of interest.
  out=$(cmake --build --preset "$preset" -j "$jobs" ${1:+--target "$@"} 2>&1) || { printf '%s\n' "$out" | grep -vE '^\[[0-9]+/[0-9]+\] (Building|Linking|Automatic)' | tail -n 60 >&2; fail "the build failed." "The first error above says where."; }
  printf '%s\n' "$out" | tail -n 1
fi
