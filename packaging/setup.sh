#!/usr/bin/env bash
# Makes this machine ready to build and run Fettle: system packages (asked for before sudo is used), LibTorch and the default model. Does nothing, and needs no network, where all is there.
#   setup.sh [--yes] [--tests]      --yes: never ask      --tests: also what the tests need
set -euo pipefail
# shellcheck source=common.sh
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"
yes= tests=
for a in "$@"; do case $a in --yes) yes=1 ;; --tests) tests=1 ;; *) fail "unknown option '$a'." "Use --yes or --tests." ;; esac; done

[ "$(uname -m)" = x86_64 ] || fail "this machine is $(uname -m), Fettle runs on x86-64 only." "Use a 64-bit Intel or AMD machine."
system= version=
if [ -r /etc/os-release ]; then
  system=$(. /etc/os-release && echo "${ID:-}")
  version=$(. /etc/os-release && echo "${VERSION_ID:-}")
fi
case $system:$version in
  debian:12 | debian:13) ;;
  ubuntu:24.04) say "Ubuntu 24.04 is written for, but not tested." ;;
  *) [ -n "${FETTLE_ANY_SYSTEM:-}" ] || fail "this system ($system ${version:-of unknown version}) is not supported." "Use Debian 12 or 13 (or Ubuntu 24.04), or set FETTLE_ANY_SYSTEM=1 and install the packages of packaging/README.md yourself." ;;
esac

packages=$(grep -hv '^#' "$here/packages-build.txt")
[ "$system:$version" != debian:12 ] && packages="$packages $(grep -hv '^#' "$here/packages-newer.txt")"
[ -n "$tests" ] && packages="$packages $(grep -hv '^#' "$here/packages-test.txt")"
[ -n "$tests" ] && [ "$system:$version" = debian:12 ] && packages="$packages $(grep -hv '^#' "$here/packages-test-debian12.txt")"
missing=
if command -v dpkg-query >/dev/null; then
  for p in $packages; do
    [ "$(dpkg-query -W -f '${db:Status-Status}' "$p" 2>/dev/null)" = installed ] || missing="$missing $p"
  done
fi
if [ -n "$missing" ] && command -v apt-get >/dev/null; then
  need_disk /usr 1500 "the system packages"
  root=
  if [ "$(id -u)" != 0 ]; then
    command -v sudo >/dev/null || fail "system packages are missing and sudo is not there." "As root, run: apt-get install --no-install-recommends$missing"
    if [ -z "$yes" ]; then
      say "These system packages are missing and would be installed with sudo:"
      say " $missing" | fold -s -w 100
      read -r -p "Install them? [Y/n] " answer </dev/tty || answer=n
      case $answer in '' | [yYjJ]*) ;; *) fail "the packages were not installed." "Install them yourself and run this again: apt-get install --no-install-recommends$missing" ;; esac
    fi
    root=sudo
  fi
  log=$(mktemp)
  say "Installing $(echo $missing | wc -w) system packages…"
  export DEBIAN_FRONTEND=noninteractive
  # shellcheck disable=SC2086
  if ! { $root apt-get update -q && $root env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends $missing; } >"$log" 2>&1; then
    if grep -qiE 'could not resolve|failed to fetch|connection|timed out' "$log"; then
      fail "the system packages could not be downloaded." "Check the network connection and run the command again. Details: $log"
    elif grep -qiE 'no space left' "$log"; then
      fail "the disk became full while system packages were installed." "Free some space and run the command again. Details: $log"
    fi
    fail "the system packages could not be installed." "Details: $log. Missing:$missing"
  fi
  rm -f "$log"
fi
"$here/fetch.sh" all
