#!/bin/sh
# Runs a PostgreSQL server in the folder $1, with the binaries of $2, on the port $3, until
# stdin ends; then stops it and removes the folder. The superuser is $4, its password $5. With
# `primary` as $6, other servers may follow it; with the folder and the port of such a server as $6
# and $7, it follows that one.
#
# The test process holds the other end of stdin: however it ends (normally, by a panic, by
# `kill -9`), the operating system closes that end, and this script cleans up. A line that it
# writes asks for the server to be stopped at once and started again.
#
# Prints "ready", also after it has started again, or else, in lines, why the server did not start.
folder=$1 bin=$2 port=$3 user=$4 password=$5 leader=${6:-} leader_port=${7:-}
data=$folder/data
log=$folder/log

# What stops the tests must not stop the cleaning; nor must it that nobody reads "ready".
trap '' HUP INT TERM PIPE
umask 077

remove_folder() {
    cd /
    rm -rf "$folder"
}

# A copy of the server that is followed, with its settings.
follow() {
    "$bin/pg_basebackup" -h "$leader" -p "$leader_port" -U "$user" -D "$data" \
        --write-recovery-conf --checkpoint=fast --wal-method=stream --no-sync || return 1
    cat >>"$data/postgresql.conf" <<END || return 1
port = $port
unix_socket_directories = '$folder'
END
    "$bin/pg_ctl" -D "$data" -l "$folder/server-log" -w start
}

start() {
    if [ -n "$leader_port" ]; then
        follow
        return
    fi
    printf '%s\n' "$password" >"$folder/password" || return 1
    "$bin/initdb" -D "$data" --username="$user" --pwfile="$folder/password" \
        --auth-local=trust --auth-host=scram-sha-256 \
        --encoding=UTF8 --locale=C --no-sync --wal-segsize=4 || return 1

    # The data lives for one run: nothing is written for a crash to be survived.
    cat >>"$data/postgresql.conf" <<END || return 1
port = $port
listen_addresses = '127.0.0.1'
max_connections = 300
fsync = off
synchronous_commit = off
full_page_writes = off
wal_level = minimal
max_wal_senders = 0
min_wal_size = 8MB
max_wal_size = 64MB
autovacuum = off
timezone = 'UTC'
END
    if [ "$leader" = primary ]; then
        cat >>"$data/postgresql.conf" <<END || return 1
wal_level = replica
max_wal_senders = 8
wal_keep_size = 64MB
END
    fi
    case $(uname -s) in
    MINGW* | MSYS* | CYGWIN*) ;;
    *) echo "unix_socket_directories = '$folder'" >>"$data/postgresql.conf" || return 1 ;;
    esac

    "$bin/pg_ctl" -D "$data" -l "$folder/server-log" -w start
}

if ! start </dev/null >"$log" 2>&1; then
    cat "$log" "$folder/server-log" 2>/dev/null
    "$bin/pg_ctl" -D "$data" -m immediate stop >/dev/null 2>&1
    remove_folder
    exit 1
fi

echo ready
while read -r _; do
    "$bin/pg_ctl" -D "$data" -l "$folder/server-log" -m immediate -w restart </dev/null >"$log" 2>&1
    echo ready
done

"$bin/pg_ctl" -D "$data" -m immediate -w stop >/dev/null 2>&1
remove_folder
