#!/bin/sh
# Prints the folder with the binaries of a PostgreSQL server, the newest where there are
# several; fails when there is none. Asked by tests/run.sh and by tests/support/postgres.rs.

# A client without a server has some of them.
holds_a_server() {
    for binary in initdb pg_ctl postgres; do
        [ -x "$1/$binary" ] || [ -x "$1/$binary.exe" ] || return 1
    done
}

answer() {
    if holds_a_server "$1"; then
        printf '%s\n' "$1"
        exit 0
    fi
}

if [ -n "${PGBIN:-}" ]; then
    answer "$PGBIN"
    echo "PGBIN is $PGBIN, which holds no PostgreSQL server" >&2
    exit 1
fi

if command -v pg_config >/dev/null 2>&1; then
    answer "$(pg_config --bindir)"
fi

# Debian and Ubuntu, Fedora, Homebrew (two prefixes), the installer for Windows.
found=
for folder in \
    /usr/lib/postgresql/[1-9][0-9]/bin \
    /usr/pgsql-[1-9][0-9]/bin \
    /usr/local/opt/postgresql@[1-9][0-9]/bin \
    /opt/homebrew/opt/postgresql@[1-9][0-9]/bin \
    /c/Program\ Files/PostgreSQL/[1-9][0-9]/bin; do
    if holds_a_server "$folder"; then
        found=$folder
    fi
done
[ -z "$found" ] || answer "$found"

if initdb=$(command -v initdb); then
    answer "$(dirname "$initdb")"
fi
exit 1
