//! `rexc migrate`: from a schema that changes to databases that follow, as somebody does it at a
//! terminal. What is printed is compared with transcripts.

mod branches;
mod cases;
mod decisions;
mod files;
mod other;
mod slips;
mod squashes;
mod way;
mod whole;

use std::cell::Cell;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, UNIX_EPOCH};

use rex_compiler::diagnostic::Colour;
use rexc::{Console, Exit, Stream, run_in};
use tempfile::TempDir;

use crate::support::postgres::{self, TestDatabase};
use crate::support::sources::root;

/// 2026-11-22T09:30:00Z
const START: u64 = 1_795_339_800;

/// A crate whose schema changes.
struct Crate {
    folder: TempDir,
    /// Seconds since 1970; every command takes a minute.
    now: Cell<u64>,
    /// All that was run, and what came of it.
    transcript: std::cell::RefCell<String>,
    /// Where commands are run, if not in the folder.
    at: Option<PathBuf>,
    /// What is answered to questions, where somebody is there to be asked.
    answers: Option<&'static str>,
}

/// What a run came to.
struct Ran {
    exit: Exit,
    out: String,
    err: String,
}

impl Ran {
    fn is(self, exit: Exit) -> Ran {
        assert_eq!(self.exit, exit, "{}\n{}", self.err, self.out);
        self
    }

    fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}: {}", self.out))
    }
}

impl Crate {
    fn new(databases: &str) -> Crate {
        let made = Crate {
            folder: tempfile::tempdir().expect("there is a folder for temporary ones"),
            now: Cell::new(START),
            transcript: std::cell::RefCell::default(),
            at: None,
            answers: None,
        };
        made.write(
            "Cargo.toml",
            &format!(
                "[package]\nname = \"blog\"\nedition = \"2024\"\n\n[package.metadata.rex]\ndatabases = [{databases}]\n"
            ),
        );
        made.write("src/lib.rs", "");
        made
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    fn write(&self, path: &str, text: &str) {
        let path = self.path().join(path);
        fs::create_dir_all(path.parent().expect("it is in the folder")).expect("folders can be made");
        fs::write(path, text).expect("files can be written");
    }

    fn read(&self, path: &str) -> String {
        fs::read_to_string(self.path().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
    }

    fn schema(&self, text: &str) {
        self.write("schema/blog.rex", text);
    }

    /// The folders of the migrations, by name.
    fn migrations(&self) -> Vec<String> {
        let entries = fs::read_dir(self.path().join("migrations")).expect("there are migrations");
        let names = entries.map(|entry| entry.expect("it can be read").file_name());
        let mut names: Vec<String> = names.map(|name| name.to_string_lossy().into_owned()).collect();
        names.sort();
        names
    }

    /// The path of the only migration whose name ends so.
    fn migration(&self, words: &str) -> PathBuf {
        let found = self.migrations().into_iter().find(|name| name.ends_with(words));
        self.path().join("migrations").join(found.expect("there is such a migration"))
    }

    /// Runs a command.
    fn run(&self, arguments: &str) -> Ran {
        let (mut out, mut err) = (Vec::new(), Vec::new());
        let mut input = self.answers.unwrap_or_default().as_bytes();
        let console = &mut Console {
            folder: self.at.clone().unwrap_or_else(|| self.path().to_owned()),
            input: &mut input,
            out: Stream { write: &mut out, colour: Colour::Never },
            err: Stream { write: &mut err, colour: Colour::Never },
            asks: self.answers.is_some(),
            now: UNIX_EPOCH + Duration::from_secs(self.now.get()),
        };
        self.now.set(self.now.get() + 60);
        let exit = run_in(std::iter::once("rexc").chain(arguments.split_whitespace()), console);
        let text = |bytes| String::from_utf8(bytes).expect("it is text");
        let ran = Ran { exit, out: text(out), err: text(err) };
        let mut transcript = self.transcript.borrow_mut();
        let Ran { out, err, exit } = &ran;
        writeln!(transcript, "$ rexc {arguments}\n{out}{err}[{}]\n", *exit as u8)
            .expect("a text can be written to");
        ran
    }

    /// Runs a command on a database.
    fn on(&self, url: &str, arguments: &str) -> Ran {
        self.run(&format!("{arguments} --database-url {url}"))
    }

    /// Compares all that was printed with what it was.
    fn told(&self, name: &str) {
        let text = self.transcript.take();
        let text = text.replace(&self.path().display().to_string(), "[FOLDER]");
        snapshot(name, &without_times(&text));
    }
}

/// What changes from run to run: times of the database's clock, versions and addresses of servers.
fn without_times(text: &str) -> String {
    let mut lines = String::new();
    for line in text.lines() {
        let mut line = line.to_owned();
        for (from, to) in [
            ("--database-url postgres", " --database-url [POSTGRES]"),
            ("--database-url sqlite", " --database-url [SQLITE]"),
        ] {
            if let Some(at) = line.find(from) {
                let end = line[at..].find(" --format").map_or(line.len(), |end| at + end);
                line.replace_range(at..end, to.trim_start());
            }
        }
        for title in ["SQLite ", "PostgreSQL "] {
            let mut from = 0;
            while let Some(at) = line[from..].find(title).map(|at| from + at + title.len()) {
                let version: String =
                    line[at..].chars().take_while(|c| c.is_ascii_digit() || *c == '.').collect();
                if version.contains('.') {
                    line.replace_range(at..at + version.len(), "[VERSION]");
                }
                from = at;
            }
        }
        // A folder for temporary files, with six letters by chance.
        if let Some(end) = line.find("/.tmp").map(|at| at + "/.tmp".len() + 6) {
            let start = line[..end].rfind('`').map_or(0, |at| at + 1);
            line.replace_range(start..end, "[FOLDER]");
        }
        lines += &time_of_day(&line);
        lines += "\n";
    }
    lines
}

/// `2026-11-26T16:10:01Z` is a time of the database's clock.
fn time_of_day(line: &str) -> String {
    let is_time = |word: &str| {
        word.len() == 20 && word.ends_with('Z') && word.as_bytes()[10] == b'T' && word.starts_with("20")
    };
    let words = line.split(' ').map(|word| {
        let bare = word.trim_end_matches(',');
        if is_time(bare) { word.replace(bare, "[TIME]") } else { word.to_owned() }
    });
    words.collect::<Vec<_>>().join(" ")
}

fn snapshot(name: &str, text: &str) {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path(root().join("tests/suite/snapshots/migrations"));
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!(name, text));
}

/// A database to migrate.
struct Target {
    name: &'static str,
    url: String,
    /// What goes with the database.
    _postgres: Option<TestDatabase<'static>>,
    _folder: Option<TempDir>,
}

/// One of each kind, both empty.
fn targets(hint: &str) -> [Target; 2] {
    let folder = tempfile::tempdir().expect("there is a folder for temporary ones");
    let file = folder.path().join("blog.db");
    let database = postgres::server().database(hint);
    [
        Target {
            name: "sqlite",
            url: format!("sqlite://{}", file.display()),
            _postgres: None,
            _folder: Some(folder),
        },
        Target { name: "postgres", url: database.url(), _postgres: Some(database), _folder: None },
    ]
}

/// The schema of a blog that begins.
const USERS: &str = "/// Who writes.
model User {
    id:   BigInt = autoincrement()  @id
    name: String(80)
    nick: String?
}
";

/// With posts.
const POSTS: &str = "/// Who writes.
model User {
    id:    BigInt = autoincrement()  @id
    name:  String(80)
    nick:  String?
    posts: [Post]
}

model Post {
    id:     BigInt = autoincrement()  @id
    author: User                      @on_delete(cascade)
    title:  String(200)               @index
    body:   String = \"\"
}
";

/// Runs statements, as somebody does by hand.
fn execute(url: &str, sql: &str) {
    if let Some(path) = url.strip_prefix("sqlite://") {
        let connection = rusqlite::Connection::open(path).expect("the file can be opened");
        connection.execute_batch(sql).unwrap_or_else(|error| panic!("{error}: {sql}"));
        return;
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.expect("a runtime needs nothing").block_on(async {
        let client = postgres::connect(url).await.expect("the server is there");
        client.batch_execute(sql).await.unwrap_or_else(|error| panic!("{error:?}: {sql}"));
    });
}
