//! A throwaway PostgreSQL server, and databases in it.
//!
//! The first test that asks starts the server; it lives in a folder of its own, listens on a
//! Unix socket there (no password) and on a free port of 127.0.0.1 (password), and is gone
//! shortly after the test process is, however that ends: see `guard-postgres.sh`.
//!
//! Environment: `REX_TEST_POSTGRES_URL` names a server that is there already; `PGBIN` names
//! the binaries to start one with, which are looked for otherwise (`find-postgres.sh`).
//!
//! Must not know what is tested: no schemas, no tables.

use std::env;
use std::fs;
use std::hash::{BuildHasher, RandomState};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::{Mutex, OnceLock, PoisonError};
use std::thread;

use tokio_postgres::{Client, NoTls};
use url::Url;

use super::pgbouncer;

/// The superuser of a server that was started here. It needs its password on TCP only.
const SUPERUSER: &str = "rex";
const PASSWORD: &str = "rex";

/// The server of this test process.
///
/// # Panics
///
/// Where there is no server and none can be started, with what to do about it.
pub(crate) fn server() -> &'static Server {
    static SERVER: OnceLock<Result<Server, String>> = OnceLock::new();
    let started = SERVER.get_or_init(|| match env::var("REX_TEST_POSTGRES_URL") {
        Ok(url) => Server::at(&url),
        Err(_) => Server::start(),
    });
    started.as_ref().unwrap_or_else(|reason| panic!("{reason}"))
}

/// A PostgreSQL server that tests may do anything to.
pub(crate) struct Server {
    /// The maintenance database, as a superuser reaches it.
    admin: Url,
    /// The same over TCP.
    tcp: Url,
    /// Present when the server was started here.
    guard: Option<Guard>,
}

impl Server {
    /// The server at a URL, whose user must be a superuser, and which must ask for passwords.
    fn at(url: &str) -> Result<Server, String> {
        let url = Url::parse(url).map_err(|error| format!("REX_TEST_POSTGRES_URL: {error}"))?;
        match url.host_str() {
            Some(host) if !host.starts_with("%2F") => {}
            _ => return Err("REX_TEST_POSTGRES_URL must name a TCP host: passwords are tested".into()),
        }
        Ok(Server { admin: url.clone(), tcp: url, guard: None })
    }

    /// A program that comes with the server: `psql`.
    #[allow(dead_code, reason = "the benchmark runs psql")]
    pub(crate) fn program(name: &str) -> Result<PathBuf, String> {
        binaries().map(|folder| folder.join(format!("{name}{}", env::consts::EXE_SUFFIX)))
    }

    /// Starts a server, which stops when it is dropped or when this process ends.
    pub(crate) fn start() -> Result<Server, String> {
        Server::start_as(&[])
    }

    /// Starts a server that others may follow.
    pub(crate) fn start_primary() -> Result<Server, String> {
        Server::start_as(&["primary".to_owned()])
    }

    /// Starts a server that follows this one, which [`start_primary`](Self::start_primary) has started.
    pub(crate) fn start_replica(&self) -> Result<Server, String> {
        let folder = self.folder().ok_or("it was not started here")?.display().to_string();
        Server::start_as(&[folder, self.tcp.port().unwrap_or(5432).to_string()])
    }

    fn start_as(role: &[String]) -> Result<Server, String> {
        let bin = binaries()?;
        // Between the choice of a port and its use somebody else may take it.
        let mut attempts = 5;
        loop {
            attempts -= 1;
            let port = free_port()?;
            match Guard::start(&bin, port, role) {
                Ok(guard) => return Ok(Server::of(guard, port)),
                Err(log) if attempts > 0 && log.contains("Address already in use") => {}
                Err(log) => return Err(format!("PostgreSQL of {} did not start:\n{log}", bin.display())),
            }
        }
    }

    fn of(guard: Guard, port: u16) -> Server {
        let url = |authority: &str| {
            Url::parse(&format!("postgres://{authority}:{port}/postgres")).expect("the parts are plain")
        };
        let tcp = url(&format!("{SUPERUSER}:{PASSWORD}@127.0.0.1"));
        let admin = if cfg!(unix) {
            let socket = guard.folder.to_str().expect("its name is made here").replace('/', "%2F");
            url(&format!("{SUPERUSER}@{socket}"))
        } else {
            tcp.clone()
        };
        Server { admin, tcp, guard: Some(guard) }
    }

    /// A fresh, empty database, dropped with the value. The hint is for whoever reads the
    /// server's log or finds the database left behind.
    pub(crate) fn database(&self, name_hint: &str) -> TestDatabase<'_> {
        let hint: String =
            name_hint.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).take(30).collect();
        // Several runs may share a server.
        let unique = RandomState::new().hash_one(0);
        let name = format!("rex_test_{hint}_{unique:016x}").to_lowercase();
        self.administrate(&format!("CREATE DATABASE {name} TEMPLATE template0"))
            .unwrap_or_else(|error| panic!("create the database `{name}`: {error}"));
        TestDatabase { server: self, name }
    }

    /// The folder of a server that was started here.
    pub(crate) fn folder(&self) -> Option<&Path> {
        self.guard.as_ref().map(|guard| guard.folder.as_path())
    }

    /// Where it listens, as `host:port`.
    pub(crate) fn tcp_address(&self) -> String {
        let host = self.tcp.host_str().expect("checked when the server was made");
        format!("{host}:{}", self.tcp.port().unwrap_or(5432))
    }

    /// Stops it at once, as a crash does, and starts it again. For a server that was started here.
    pub(crate) fn restart(&self) {
        let guard = self.guard.as_ref().expect("it was started here");
        let mut output = guard.output.lock().unwrap_or_else(PoisonError::into_inner);
        let mut input = guard.process.stdin.as_ref().expect("it is piped");
        input.write_all(b"restart\n").expect("the guard reads");
        let mut said = String::new();
        output.read_line(&mut said).expect("the guard answers");
        assert_eq!(said.trim_end(), "ready");
    }

    /// The name and the password of the superuser.
    pub(crate) fn superuser(&self) -> (String, String) {
        (self.tcp.username().to_owned(), self.tcp.password().unwrap_or_default().to_owned())
    }

    /// How a superuser reaches a database that is there.
    pub(crate) fn database_url(&self, name: &str) -> String {
        let mut url = self.admin.clone();
        url.set_path(name);
        url.into()
    }

    /// From now on it encrypts, with these files, and trusts the clients of the authority `root`. For a
    /// server that was started here.
    pub(crate) fn show(&self, certificate: &Path, key: &Path, root: &Path) {
        let data = self.data();
        for (from, name) in [(certificate, "server.crt"), (key, "server.key"), (root, "root.crt")] {
            let to = data.join(name);
            fs::copy(from, &to).and_then(|_| own(&to, &data)).expect("the folder is ours");
        }
        self.administrate_with(&["ALTER SYSTEM SET ssl_ca_file = 'root.crt'", "ALTER SYSTEM SET ssl = on"]);
        self.reload();
    }

    /// Puts a line in front of those that say who may connect.
    pub(crate) fn allow(&self, line: &str) {
        let path = self.data().join("pg_hba.conf");
        let lines = fs::read_to_string(&path).expect("the folder is ours");
        fs::write(&path, format!("{line}\n{lines}")).expect("the folder is ours");
        self.reload();
    }

    fn data(&self) -> PathBuf {
        self.folder().expect("it was started here").join("data")
    }

    /// Returns when new connections see what has changed.
    fn reload(&self) {
        self.administrate_with(&["SELECT pg_reload_conf()"]);
        // The server does it when it gets round to it, and does not say when it has.
        thread::sleep(std::time::Duration::from_millis(300));
    }

    /// Runs statements in the maintenance database.
    pub(crate) fn administrate_with(&self, statements: &[&str]) {
        for statement in statements {
            self.administrate(statement).unwrap_or_else(|error| panic!("{statement}: {error}"));
        }
    }

    /// Runs one statement in the maintenance database. On a thread of its own: callers may be
    /// inside an async runtime, or outside of any.
    fn administrate(&self, statement: &str) -> Result<(), tokio_postgres::Error> {
        let run = || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            runtime
                .expect("a runtime needs nothing but a few file descriptors")
                .block_on(async { connect(self.admin.as_str()).await?.batch_execute(statement).await })
        };
        thread::scope(|scope| scope.spawn(run).join().expect("the closure returns its errors"))
    }
}

/// A database of one test.
pub(crate) struct TestDatabase<'s> {
    server: &'s Server,
    name: String,
}

impl TestDatabase<'_> {
    /// How a superuser reaches it: through the Unix socket where there is one, or through PgBouncer
    /// where all tests are to go that way.
    pub(crate) fn url(&self) -> String {
        match env::var_os(pgbouncer::SWITCH) {
            Some(_) => self.pooled_url(),
            None => self.locate(&self.server.admin).into(),
        }
    }

    /// How whoever runs the tests reaches it, by the name in the operating system.
    pub(crate) fn url_without_user(&self) -> String {
        let mut url = self.locate(&self.server.admin);
        url.set_username("").expect("a postgres URL has a user");
        url.set_password(None).expect("a postgres URL has a password");
        url.into()
    }

    /// How a superuser reaches it through PgBouncer.
    pub(crate) fn pooled_url(&self) -> String {
        let (user, password) = self.superuser();
        format!("postgres://{user}:{password}@127.0.0.1:{}/{}?pgbouncer=true", pgbouncer::port(), self.name)
    }

    /// How `user` reaches it with a password, over TCP.
    pub(crate) fn tcp_url(&self, user: &str, password: &str) -> String {
        let mut url = self.locate(&self.server.tcp);
        url.set_username(user).expect("a postgres URL has a user");
        url.set_password(Some(password)).expect("a postgres URL has a password");
        url.into()
    }

    /// The name and the password of the superuser, for [`tcp_url`](Self::tcp_url).
    pub(crate) fn superuser(&self) -> (String, String) {
        self.server.superuser()
    }

    /// The server's version: 15 for 15.18.
    pub(crate) async fn major(&self) -> u16 {
        let query = "SELECT current_setting('server_version_num')::int / 10000";
        let row = self.client().await.query_one(query, &[]).await.expect("every server has it");
        u16::try_from(row.get::<_, i32>(0)).expect("it is small")
    }

    /// A connection of the bare driver, to look at what Rex did.
    pub(crate) async fn client(&self) -> Client {
        let url = self.locate(&self.server.admin);
        connect(url.as_str()).await.unwrap_or_else(|error| panic!("connect to {url}: {error}"))
    }

    fn locate(&self, server: &Url) -> Url {
        let mut url = server.clone();
        url.set_path(&self.name);
        url
    }
}

impl Drop for TestDatabase<'_> {
    fn drop(&mut self) {
        let dropped =
            self.server.administrate(&format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.name));
        // A second panic would end the process and hide the first.
        if let Err(error) = dropped
            && !thread::panicking()
        {
            panic!("drop the database `{}`: {error}", self.name);
        }
    }
}

/// Connects the bare driver; the connection lives until its client is dropped.
pub(crate) async fn connect(url: &str) -> Result<Client, tokio_postgres::Error> {
    let (client, connection) = tokio_postgres::connect(url, NoTls).await?;
    // An error of the connection reaches the client, as the error of what it asked for.
    tokio::spawn(async { connection.await.ok() });
    Ok(client)
}

/// The process of `guard-postgres.sh`: it stops the server when our end of its stdin closes.
struct Guard {
    process: Child,
    /// What it says.
    output: Mutex<BufReader<ChildStdout>>,
    folder: PathBuf,
}

impl Guard {
    /// Returns when the server accepts connections; the error is the log.
    fn start(bin: &Path, port: u16, role: &[String]) -> Result<Guard, String> {
        let folder = make_folder().map_err(|error| format!("make a folder for PostgreSQL: {error}"))?;
        let mut command = Command::new("sh");
        command.args(["-c", include_str!("guard-postgres.sh"), "guard-postgres.sh"]);
        command.args([&folder, bin]).args([&port.to_string(), SUPERUSER, PASSWORD]).args(role);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).current_dir(&folder);
        // Settings for the developer's own server, and its language.
        env::vars_os()
            .map(|(name, _)| name)
            .filter(|name| name.to_str().is_some_and(|name| name.starts_with("PG")))
            .for_each(|name| _ = command.env_remove(name));
        command.env("LC_ALL", "C");
        #[cfg(unix)]
        detach(&mut command, &folder).map_err(|error| format!("give {folder:?} away: {error}"))?;

        let mut process = command.spawn().map_err(|error| format!("run `sh`: {error}"))?;
        let mut output = BufReader::new(process.stdout.take().expect("it is piped"));
        let mut said = String::new();
        // What cannot be read is not "ready", and is shown as far as it was.
        _ = output.read_line(&mut said);
        if said.trim_end() == "ready" {
            return Ok(Guard { process, output: Mutex::new(output), folder });
        }
        _ = output.read_to_string(&mut said);
        _ = process.wait();
        Err(said)
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        drop(self.process.stdin.take());
        _ = self.process.wait();
    }
}

fn binaries() -> Result<PathBuf, String> {
    let find = Command::new("sh")
        .args(["-c", include_str!("find-postgres.sh")])
        .output()
        .map_err(|error| format!("run `sh` to find PostgreSQL: {error}"))?;
    if find.status.success() {
        return Ok(PathBuf::from(String::from_utf8_lossy(&find.stdout).trim_end()));
    }
    Err(format!(
        "these tests need a PostgreSQL server, and none was found. {}\n\
         help: `sh tests/run.sh` installs one where it can; or set PGBIN to the folder of `initdb`, \
         or REX_TEST_POSTGRES_URL to a server that tests may use",
        String::from_utf8_lossy(&find.stderr).trim_end()
    ))
}

pub(super) fn free_port() -> Result<u16, String> {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
        .and_then(|listener| listener.local_addr())
        .map(|address| address.port())
        .map_err(|error| format!("find a free port of 127.0.0.1: {error}"))
}

/// On Unix in `/tmp`: the name of a socket may have 103 bytes on macOS, which the temporary
/// folder there nearly fills, and another user must get in when we are root.
pub(super) fn make_folder() -> std::io::Result<PathBuf> {
    let parent = if cfg!(unix) { PathBuf::from("/tmp") } else { env::temp_dir() };
    Ok(tempfile::Builder::new().prefix("rex-pg-").tempdir_in(parent)?.keep())
}

/// Gives a file to whoever has the folder, and to nobody else.
fn own(file: &Path, folder: &Path) -> std::io::Result<()> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
        let owner = fs::metadata(folder)?;
        fs::set_permissions(file, fs::Permissions::from_mode(0o600))?;
        chown(file, Some(owner.uid()), Some(owner.gid()))?;
    }
    _ = (file, folder);
    Ok(())
}

#[cfg(unix)]
pub(super) use unix::detach;

#[cfg(unix)]
mod unix {
    //! Process groups, and another user than root, as whom PostgreSQL refuses to run.

    use std::os::unix::fs::{MetadataExt, chown};
    use std::os::unix::process::CommandExt;
    use std::path::Path;
    use std::process::Command;
    use std::{fs, io};

    /// Takes the command out of reach of Ctrl-C, and lets it run as the owner of the folder.
    pub(crate) fn detach(command: &mut Command, folder: &Path) -> io::Result<()> {
        command.process_group(0);
        let we_are_root = fs::metadata(folder)?.uid() == 0;
        if we_are_root {
            let (uid, gid) = match id_of("postgres") {
                Some(ids) => ids,
                None => {
                    id_of("nobody").ok_or(io::Error::other("neither `postgres` nor `nobody` is a user"))?
                }
            };
            chown(folder, Some(uid), Some(gid))?;
            command.uid(uid).gid(gid);
        }
        Ok(())
    }

    fn id_of(user: &str) -> Option<(u32, u32)> {
        let id = |option| {
            let output = Command::new("id").args([option, user]).output().ok()?;
            String::from_utf8(output.stdout).ok()?.trim_end().parse().ok()
        };
        Some((id("-u")?, id("-g")?))
    }
}
