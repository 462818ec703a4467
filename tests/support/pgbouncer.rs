//! A throwaway PgBouncer in transaction mode, in front of the throwaway PostgreSQL server.
//!
//! It hands each transaction to the next of its few sessions in turn, so that whatever is kept in a
//! session is soon missed.

use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;

use super::postgres;

/// Set for a test process, it leads every test through PgBouncer that asks for a database.
pub(crate) const SWITCH: &str = "REX_TEST_THROUGH_PGBOUNCER";

/// The port of this process's, on 127.0.0.1. It stops when this process ends.
///
/// # Panics
///
/// Where there is none and none can be started, with what to do about it.
pub(crate) fn port() -> u16 {
    static STARTED: OnceLock<Result<(u16, Child), String>> = OnceLock::new();
    match STARTED.get_or_init(start) {
        Ok((port, _)) => *port,
        Err(reason) => panic!("{reason}"),
    }
}

fn start() -> Result<(u16, Child), String> {
    let said = |error: std::io::Error| format!("start PgBouncer: {error}");
    let folder = postgres::make_folder().map_err(said)?;
    let port = postgres::free_port()?;
    fs::write(folder.join("pgbouncer.ini"), settings(port)).map_err(said)?;
    let mut command = Command::new("sh");
    command.args(["-c", include_str!("guard-pgbouncer.sh"), "guard-pgbouncer.sh"]).arg(&folder);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).current_dir(&folder);
    // It refuses to run as root, as PostgreSQL does.
    #[cfg(unix)]
    postgres::detach(&mut command, &folder).map_err(said)?;
    let mut process = command.spawn().map_err(said)?;
    let mut output = BufReader::new(process.stdout.take().expect("it is piped"));
    let mut text = String::new();
    // What cannot be read is not "ready", and is shown as far as it was.
    _ = output.read_line(&mut text);
    if text.trim_end() == "ready" {
        return Ok((port, process));
    }
    _ = output.read_to_string(&mut text);
    Err(format!("PgBouncer did not start:\n{text}\nhelp: `sh tests/run.sh` installs it where it can"))
}

fn settings(port: u16) -> String {
    let server = postgres::server();
    let (user, password) = server.superuser();
    let address = server.tcp_address();
    let (host, server_port) = address.rsplit_once(':').expect("a host and a port");
    format!(
        "[databases]\n* = host={host} port={server_port} user={user} password={password}\n\
         [pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = {port}\nunix_socket_dir =\nauth_type = any\n\
         pool_mode = transaction\ndefault_pool_size = 3\nserver_round_robin = 1\nmax_client_conn = 1000\n"
    )
}
