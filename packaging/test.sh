#!/usr/bin/env bash
# Sets up, builds and runs the tests.
#   test.sh [--yes] [--full]        --full: also the long campaigns (all kill counts, long fuzz runs, slow tests, benchmarks)
set -euo pipefail
# shellcheck source=common.sh
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"
yes= full=
for a in "$@"; do case $a in --yes) yes=--yes ;; --full) full=1 ;; *) fail "unknown option '$a'." "Use --yes or --full." ;; esac; done
[ -n "${CI:-}" ] && yes=--yes
start=$(date +%s)
# shellcheck disable=SC2086
"$here/setup.sh" $yes --tests
# Warnings are errors where the compiler is the one they were written for.
preset=release
[ "$(g++ -dumpversion | cut -d. -f1)" = 12 ] && preset=release-ci
"$here/build.sh" "$preset"
say "Built after $(seconds_since "$start") s. Testing…"
cd "$top"
# Programs with a window get a virtual screen; most tests use Qt's offscreen platform and do not need it.
display=()
[ -z "${DISPLAY:-}" ] && display=(xvfb-run -a -s "-screen 0 1280x800x24")
if [ -n "$full" ]; then
  export FETTLE_TEST_FULL=1
  "${display[@]}" ctest --test-dir build/release -j "$(nproc)" --output-on-failure --no-tests=error -LE gpu
  for b in build/release/tests/bench_*; do
    if [ -x "$b" ] && [ -f "$b" ]; then
      say "== $(basename "$b")"
      "$b"
    fi
  done
else
  "${display[@]}" ctest --test-dir build/release -j "$(nproc)" --output-on-failure --no-tests=error -L 'unit|arch|golden|locale|ui|crash|fuzz|cli' -LE 'slow|bench|gpu'
fi
say "All tests passed, $(seconds_since "$start") s in all."
