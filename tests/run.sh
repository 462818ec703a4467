#!/bin/sh
# Runs all of Rex's tests: `sh tests/run.sh`. Arguments go to `cargo test`.
#
# They need Rust, a C compiler (for the SQLite that is compiled in) and the binaries of PgBouncer and
# of a PostgreSQL server, of which each run starts some of its own, in folders under /tmp. What is
# missing is installed first, on Debian and Ubuntu with apt, on macOS with Homebrew.
#
#   PGBIN=/path/to/bin                 the PostgreSQL to start, where it is not found
#   REX_TEST_POSTGRES_URL=postgres://  a server that runs already, with a superuser and its
#                                      password: tests make and drop databases there
set -eu
cd "$(dirname "$0")/.."

say() {
    printf 'tests: %s\n' "$*" >&2
}

fail() {
    say "$*"
    exit 1
}

as_root() {
    if [ "$(id -u)" -eq 0 ]; then
        "$@"
    elif command -v sudo >/dev/null 2>&1; then
        sudo "$@"
    else
        fail "cannot run \`$*\`: neither root nor sudo"
    fi
}

apt_install() {
    say "installing $*"
    as_root apt-get update -q
    # No questions, neither about packages nor about services to restart.
    as_root env DEBIAN_FRONTEND=noninteractive NEEDRESTART_SUSPEND=1 \
        apt-get install -q -y --no-install-recommends "$@"
}

# The binaries are wanted, not the server that Debian sets up and starts with them.
apt_install_postgresql() {
    apt_install postgresql-common
    settings=/etc/postgresql-common/createcluster.conf
    as_root cp "$settings" "$settings.before-rex-tests"
    echo 'create_main_cluster = false' | as_root tee -a "$settings" >/dev/null
    status=0
    apt_install postgresql || status=$?
    as_root mv "$settings.before-rex-tests" "$settings"
    return "$status"
}

has_postgresql() {
    [ -n "${REX_TEST_POSTGRES_URL:-}" ] || sh tests/support/find-postgres.sh >/dev/null
}

require_cargo() {
    command -v cargo >/dev/null 2>&1 || PATH="$HOME/.cargo/bin:$PATH"
    command -v cargo >/dev/null 2>&1 || fail "cargo is missing: install Rust, https://rustup.rs"
}

require_c_compiler() {
    case $(uname -s) in
    MINGW* | MSYS* | CYGWIN*) return ;; # found in the registry of Windows, not in PATH
    esac
    if command -v "${CC:-cc}" >/dev/null 2>&1; then
        return
    fi
    if command -v apt-get >/dev/null 2>&1; then
        apt_install gcc libc6-dev
    fi
    command -v "${CC:-cc}" >/dev/null 2>&1 ||
        fail "a C compiler is missing: install one as \`cc\`, or name it in CC"
}

require_postgresql() {
    if has_postgresql; then
        return
    fi
    if command -v apt-get >/dev/null 2>&1; then
        apt_install_postgresql
    elif command -v brew >/dev/null 2>&1; then
        say "installing postgresql@17"
        brew install postgresql@17
    fi
    has_postgresql || fail "a PostgreSQL server is missing: install version 13 or newer, and set PGBIN to \
the folder of its \`initdb\`; or set REX_TEST_POSTGRES_URL to a server that tests may use"
}

has_pgbouncer() {
    (PATH=$PATH:/usr/sbin:/usr/local/sbin && command -v pgbouncer >/dev/null 2>&1)
}

# The binary is wanted, not the service that Debian starts with it.
apt_install_pgbouncer() {
    policy=/usr/sbin/policy-rc.d
    if [ ! -e "$policy" ]; then
        printf '#!/bin/sh\nexit 101\n' | as_root tee "$policy" >/dev/null
        as_root chmod +x "$policy"
        status=0
        apt_install pgbouncer || status=$?
        as_root rm -f "$policy"
        return "$status"
    fi
    apt_install pgbouncer
}

require_pgbouncer() {
    if has_pgbouncer; then
        return
    fi
    if command -v apt-get >/dev/null 2>&1; then
        apt_install_pgbouncer
    elif command -v brew >/dev/null 2>&1; then
        say "installing pgbouncer"
        brew install pgbouncer
    fi
    has_pgbouncer || fail "PgBouncer is missing: install it"
}

require_cargo
require_c_compiler
require_postgresql
require_pgbouncer

if [ -n "${REX_TEST_POSTGRES_URL:-}" ]; then
    say "PostgreSQL: the server of REX_TEST_POSTGRES_URL"
else
    say "PostgreSQL: a throwaway server of $(sh tests/support/find-postgres.sh)"
fi
say "cargo test --workspace --locked $*"
exec cargo test --workspace --locked "$@"
