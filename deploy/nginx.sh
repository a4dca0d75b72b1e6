#!/bin/sh
# Runs nginx in front of every replica behind a name, and reloads it when they change: `nginx.sh NAME PORT`.
#
# Why nginx.conf does not simply say `server dashboard:8501`: Docker's DNS answers with the addresses of all replicas.
# With `hash … consistent` nginx takes turns among the addresses of one name, so that visitors would change replicas with
# every request; without `consistent` their replica depends on the order of the answer, which changes. And nginx asks
# once, when it starts. So here every address becomes a line of its own.
set -eu
name=$1
port=$2
prefix=${PREFIX:-/tmp/nginx}
seconds=${SECONDS_BETWEEN_LOOKS:-5}

replicas() {
    getent ahostsv4 "$name" | awk -v port="$port" '{ print "server " $1 ":" port ";" }' | sort -u
}

# An empty list is no list: while no replica is there, the last one stays. It fails if there is nothing new.
look() {
    replicas >"$prefix/looked" || true
    [ -s "$prefix/looked" ] && ! cmp -s "$prefix/looked" "$prefix/replicas.conf" &&
        mv "$prefix/looked" "$prefix/replicas.conf"
}

mkdir -p "$prefix"
cp "$(dirname "$0")/nginx.conf" "$prefix/nginx.conf"
until look || [ -s "$prefix/replicas.conf" ]; do
    sleep 1
done

# `exec` makes nginx this process: signals reach it, HUP is a reload, and when it is gone the loop ends. Open websockets
# stay with the nginx workers that they have, until their tabs close.
while sleep "$seconds" && kill -0 $$ 2>/dev/null; do
    if look; then
        kill -HUP $$
    fi
done &
exec nginx -e stderr -p "$prefix/" -c nginx.conf -g 'daemon off;'
