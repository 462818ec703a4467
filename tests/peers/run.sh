#!/bin/sh
# What rustc makes of the same models in Rex, its peers and plain structs: `sh tests/peers/run.sh [MODELS [PEER …]]`,
# 100 models with 12 columns and 2 relations each, in `rex`, `plain`, `diesel`, `seaorm` and `toasty`.
#
# Each is a workspace of its own, with its lock file: their versions of libsqlite3-sys exclude each other. The
# crates are made in `target/peers`, and each is deleted when it is measured: its dependencies are a gigabyte.
# Cargo is as a user has it, with incremental compilation. It needs python3, and takes half an hour; `RUNS=1`
# measures once, not three times. Times are seconds of a processor, which are much the same on a busy machine;
# rustc's front end has one thread, so that they are what one waits, but for `build`, which has several.
#
#   lines    of Rust that are compiled, macros not expanded
#   check    `cargo check` of the crate, its dependencies checked before
#   changed  the same after one model got one field more, the build script's run included
#   build    `cargo build`, its dependencies built before
#   memory   the most that the process of rustc has had resident in `check`
set -eu
cd "$(dirname "$0")"
exec nice python3 measure.py "$@"
