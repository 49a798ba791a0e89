#!/usr/bin/env bash
# make_locale.sh DIR: builds de_DE.UTF-8 into DIR (once), so that the locale tests need no setting of the system.
set -eu
[ -e "$1/de_DE.UTF-8/LC_NUMERIC" ] && exit 0
command -v localedef >/dev/null || { echo "localedef is missing: install the packages libc-bin and locales" >&2; exit 1; }
mkdir -p "$1"
localedef -i de_DE -f UTF-8 "$1/.building" && mv -T "$1/.building" "$1/de_DE.UTF-8"
