#!/usr/bin/env bash
# From a fresh clone to the studio: sets up, builds, and opens the sample project; without a display it trains the sample in the terminal.
#   run.sh [--yes] [--build-only] [-- ARGUMENTS for the studio]
set -euo pipefail
# shellcheck source=common.sh
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"
yes= build_only=
while [ $# -gt 0 ]; do
  case $1 in
    --yes) yes=--yes ;;
    --build-only) build_only=1 ;;
    --) shift; break ;;
    *) fail "unknown option '$1'." "Use --yes, --build-only, or -- before arguments for the studio." ;;
  esac
  shift
done
start=$(date +%s)
# shellcheck disable=SC2086
"$here/setup.sh" $yes
"$here/build.sh" release fettle fettle-studio fettle_engine_module
[ -n "$build_only" ] && { say "Built in $(seconds_since "$start") s: build/release/bin/fettle and fettle-studio."; exit 0; }
say "Ready after $(seconds_since "$start") s."
bin=$top/build/release/bin
if [ -n "${DISPLAY:-}" ] || { [ -n "${WAYLAND_DISPLAY:-}" ] && dpkg-query -W qt6-wayland >/dev/null 2>&1; }; then
  exec "$bin/fettle-studio" --project "$("$bin/fettle" project sample)" "$@"
fi
say "There is no display here, so the sample is trained in the terminal (Ctrl+C stops and saves)."
project=$("$bin/fettle" project sample)
"$bin/fettle" train --recipe "$project/recipe.yaml"
