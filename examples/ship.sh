#!/bin/sh
# Ships DIR/wal-REGION-SHARD-SEQNO.seg to a follower, in order, from where it stands: ship.sh DIR http://HOST:PORT
# HEADERS may name a file with "Authorization: Bearer TOKEN" in it. Needs curl 7.71 or newer: it tries again on 429 and 503 by itself.
set -eu
dir=$1 to=$2
http() { # anything but 200 ends the script, with the follower's own words
    body=$(curl -sS --retry 1000 --retry-all-errors ${HEADERS:+-H "@$HEADERS"} -w '%{http_code}' "$@")
    [ "${body%200}" != "$body" ] || { echo "ship.sh: $body" >&2 && exit 1; }
}
http "$to/v1/positions"
positions=$body
ship() { # FILE NEXT: the next file of the same log tells where this one ends
    path=$(basename "$1" .seg | sed -E 's,wal-0*([0-9]+)-0*([0-9]+)-0*([0-9]+),\1/\2/\3,')
    log=$(dirname "$path")
    durable=$(echo "$positions" | sed -nE "s,.*\"${log%/*}:${log#*/}\":([0-9]+).*,\1,p")
    next=$(basename "$2" .seg | sed -nE "s,wal-0*${log%/*}-0*${log#*/}-0*([0-9]+)\$,\1,p")
    [ "${next:-$((${durable:-0} + 2))}" -le $((${durable:-0} + 1)) ] ||
        http -T "$1" -H 'Expect: 100-continue' "$to/v1/segments/$path"
}
set -- "$dir"/wal-*-*-*.seg
while [ -f "${1:-}" ]; do
    ship "$1" "${2:-none}"
    shift
done
