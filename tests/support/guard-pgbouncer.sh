#!/bin/sh
# Runs PgBouncer with the settings of the folder $1 until stdin ends; then stops it and removes the
# folder. See guard-postgres.sh for why.
#
# Prints "ready", or else why it did not start.
folder=$1
trap '' HUP INT TERM PIPE

# Debian keeps it in /usr/sbin, which is not in everybody's path.
PATH=$PATH:/usr/sbin:/usr/local/sbin
pgbouncer "$folder/pgbouncer.ini" </dev/null >"$folder/log" 2>&1 &
process=$!

tries=0
until grep -q 'process up' "$folder/log"; do
    tries=$((tries + 1))
    if [ "$tries" -gt 200 ] || ! kill -0 "$process" 2>/dev/null; then
        cat "$folder/log"
        kill "$process" 2>/dev/null
        rm -rf "$folder"
        exit 1
    fi
    sleep 0.05
done

echo ready
cat >/dev/null

kill "$process" 2>/dev/null
wait "$process"
rm -rf "$folder"
