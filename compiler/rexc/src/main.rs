//! The program `rexc`: the library on the process's arguments.

fn main() -> std::process::ExitCode {
    rexc::run(std::env::args_os()).into()
}
