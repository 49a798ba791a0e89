#!/usr/bin/env bash
# Runs one test program with its own home, configuration, runtime and projects folder, thrown away afterwards. The data folder with LibTorch and the default model
# stays the real one (tests only read it).
set -u
home=$(mktemp -d "${TMPDIR:-/tmp}/fettle-test.XXXXXX") || exit 1
trap 'rm -rf "$home"' EXIT
export FETTLE_DATA_DIR=${FETTLE_DATA_DIR:-${XDG_DATA_HOME:-$HOME/.local/share}/fettle}
export HOME=$home XDG_CONFIG_HOME=$home/config XDG_CACHE_HOME=$home/cache XDG_RUNTIME_DIR=$home/run FETTLE_PROJECTS_DIR=$home/projects TMPDIR=$home/tmp
mkdir -p "$home"/{config,cache,run,projects,tmp} && chmod 700 "$home/run"
"$@"
