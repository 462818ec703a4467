//! The program `rexc`: the library on the process's arguments.

/// A schema is many small things, made at once and kept to the end.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> std::process::ExitCode {
    rexc::run(std::env::args_os()).into()
}
