//! Measures Rex: see `rex-bench --help`.

use std::process::ExitCode;

fn main() -> ExitCode {
    rex_bench::main()
}
