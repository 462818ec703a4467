#!/bin/sh
# Runs each fuzz target for a while: `sh tests/fuzz/run.sh [SECONDS] [TARGET …]`, 60 seconds each.
#
# The corpus begins with the fixtures, and grows in `tests/fuzz/corpus`. What fails is written to
# `tests/fuzz/artifacts`, and ends the run with status 1. It needs cargo-fuzz, which is installed
# when it is missing, and no nightly toolchain.
set -eu
cd "$(dirname "$0")"

seconds=${1:-60}
[ $# -eq 0 ] || shift
[ $# -gt 0 ] || set -- parse check fmt generate

command -v cargo-fuzz >/dev/null 2>&1 || cargo install --locked cargo-fuzz

# The coverage that guides the fuzzer is an unstable option of rustc.
export RUSTC_BOOTSTRAP=1

status=0
for target in "$@"; do
    seed=corpus/seed
    mkdir -p "$seed" "corpus/$target"
    find ../../fixtures ../blog/schema ../bench/schema -name '*.rex' | while read -r file; do
        cp "$file" "$seed/$(printf '%s' "$file" | tr -c 'A-Za-z0-9.' '_')"
    done
    printf '\n==> %s, %s s\n' "$target" "$seconds"
    cargo fuzz run --fuzz-dir . -s none "$target" "corpus/$target" "$seed" -- \
        -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 -max_len=20000 -print_final_stats=1 ||
        status=1
done
exit "$status"
