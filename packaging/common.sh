# What the packaging scripts share: messages, the data folder, and the one way of failing: a sentence that says what is wrong and one that says what to do.
# Sourced, never run.
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
top=$(dirname "$here")
data=${FETTLE_DATA_DIR:-${XDG_DATA_HOME:-$HOME/.local/share}/fettle}
say() { printf '%s\n' "$*"; }
fail() { # fail SENTENCE REMEDY
  printf 'fettle: %s\n  %s\n' "$1" "$2" >&2
  exit 1
}
seconds_since() { say $(($(date +%s) - $1)); }

# The newest existing folder above a path: where its disk can be asked.
existing_parent() {
  local p=$1
  while [ ! -d "$p" ]; do p=$(dirname "$p"); done
  say "$p"
}
need_disk() { # need_disk PATH MEGABYTES PURPOSE
  local free
  free=$(df -Pm "$(existing_parent "$1")" | awk 'NR==2{print $4}')
  [ "$free" -ge "$2" ] || fail "too little disk space for $3: $free MB are free in $1, $2 MB are needed." "Free some space, or set FETTLE_DATA_DIR to a folder on a larger disk."
}
