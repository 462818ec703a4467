//! `rexc` in folders made for it: what each command prints, and how it ends.
//!
//! Must not judge schemas: what is wrong with one is for the fixtures.

mod explain;
mod fix;
mod fmt;
mod formats;
mod inspect;

use std::fs;
use std::io::{self, Write};
use std::path::Path;

use rex_compiler::diagnostic::Colour;
use rexc::{Console, Exit, Stream, run_in};
use tempfile::TempDir;

/// A schema without faults.
const GOOD: &str = "enum Role { reader, author }

model User {
    id:   BigInt = autoincrement()  @id
    role: Role = reader
}
";

/// A manifest with a configuration.
const MANIFEST: &str = "[package]\nname = \"blog\"\nedition = \"2024\"\n
[package.metadata.rex]\ndatabases = [\"sqlite\", \"postgres\"]\n";

/// A folder with files; a path that ends with `/` is a folder.
fn folder(files: &[(&str, &str)]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (path, text) in files {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    folder
}

/// A crate with a schema.
fn blog(schema: &str) -> TempDir {
    folder(&[("Cargo.toml", MANIFEST), ("src/lib.rs", ""), ("schema/blog.rex", schema)])
}

/// What a run came to.
struct Ran {
    exit: Exit,
    out: String,
    err: String,
}

impl Ran {
    /// The last line of the error stream.
    fn last(&self) -> &str {
        self.err.lines().last().unwrap_or_default()
    }

    /// It ran, and all is well.
    fn clean(self) -> Ran {
        assert_eq!(self.exit, Exit::Clean, "{}", self.err);
        self
    }

    /// It found errors, and says this.
    fn errors(self, what: &str) -> Ran {
        assert_eq!(self.exit, Exit::Errors, "{}", self.err);
        assert!(self.err.contains(what), "{}", self.err);
        self
    }

    /// It could not run, and says why in this one line.
    fn could_not(self, reason: &str) {
        assert_eq!(
            (self.exit, self.err.as_str()),
            (Exit::CouldNotRun, format!("error: {reason}\n").as_str())
        );
        assert_eq!(self.out, "");
    }
}

fn rexc(folder: &Path, arguments: &str) -> Ran {
    coloured(folder, arguments, Colour::Never)
}

fn coloured(folder: &Path, arguments: &str, colour: Colour) -> Ran {
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let exit = on(folder, arguments, colour, &mut out, &mut err);
    let text = |bytes| String::from_utf8(bytes).unwrap();
    Ran { exit, out: text(out), err: text(err) }
}

fn on(folder: &Path, arguments: &str, colour: Colour, out: &mut dyn Write, err: &mut dyn Write) -> Exit {
    let (out, err) = (Stream { write: out, colour }, Stream { write: err, colour });
    let arguments = std::iter::once("rexc").chain(arguments.split_whitespace());
    run_in(
        arguments,
        &mut Console {
            folder: folder.to_owned(),
            input: &mut io::empty(),
            out,
            err,
            asks: false,
            now: std::time::UNIX_EPOCH,
        },
    )
}

// rexc check

#[test]
fn a_schema_without_faults_is_ok() {
    let ran = rexc(blog(GOOD).path(), "check").clean();
    assert_eq!((ran.out.as_str(), ran.err.as_str()), ("", "ok: 1 model, 1 enum in schema/\n"));
}

#[test]
fn errors_are_drawn_and_counted() {
    let ran = rexc(blog("model User {\n    key BigInt @id\n}\n").path(), "check").errors("error[E0106]");
    assert!(ran.err.contains("--> schema/blog.rex:2:5"), "{}", ran.err);
    assert_eq!(ran.last(), "1 error in schema/ (1 file)");
    assert_eq!(ran.out, "");
}

#[test]
fn warnings_do_not_fail() {
    let unused = "enum Role { reader }\n\nmodel User {\n    id: BigInt @id\n}\n";
    let ran = rexc(blog(unused).path(), "check").clean();
    assert!(ran.err.starts_with("warning[W0003, unused_type]"), "{}", ran.err);
    assert_eq!(ran.last(), "1 warning in schema/ (1 file)");
}

#[test]
fn lints_have_the_level_that_is_configured() {
    let unused = "enum Role { reader }\n\nmodel User {\n    id: Int = autoincrement() @id\n}\n";
    let check = |lints: &str| {
        let manifest = format!("{MANIFEST}lints = {{ {lints} }}\n");
        let files = [("Cargo.toml", manifest.as_str()), ("src/lib.rs", ""), ("schema/blog.rex", unused)];
        rexc(folder(&files).path(), "check")
    };
    assert_eq!(check("").clean().last(), "2 warnings in schema/ (1 file)");
    assert_eq!(check("int_key = \"allow\"").clean().last(), "1 warning in schema/ (1 file)");
    let ran = check("int_key = \"deny\"").errors("error[W0006, int_key]: an `Int` key ends");
    assert_eq!(ran.last(), "1 error, 1 warning in schema/ (1 file)");
    let ran = check("warnings = \"deny\", int_key = \"warn\"").errors("error[W0003, unused_type]");
    assert_eq!(ran.last(), "2 errors in schema/ (1 file)");
    assert!(check("warnings = \"allow\"").clean().last().starts_with("ok: "));
}

#[test]
fn every_crate_of_the_workspace_is_checked() {
    let folder = folder(&[
        ("Cargo.toml", "[workspace]\nresolver = \"3\"\nmembers = [\"*/\"]\n"),
        ("blog/Cargo.toml", MANIFEST),
        ("blog/src/lib.rs", ""),
        ("blog/schema/blog.rex", GOOD),
        ("shop/Cargo.toml", &MANIFEST.replace("blog", "shop")),
        ("shop/src/lib.rs", ""),
        ("shop/schema/deep/shop.rex", "model {"),
        ("none/Cargo.toml", "[package]\nname = \"none\"\nedition = \"2024\"\n"),
        ("none/src/lib.rs", ""),
    ]);
    let ran = rexc(folder.path(), "check").errors("--> shop/schema/deep/shop.rex:1:");
    assert!(ran.err.starts_with("ok: 1 model, 1 enum in blog/schema/\n"), "{}", ran.err);
    assert!(ran.last().ends_with("in shop/schema/ (1 file)"), "{}", ran.err);

    // From within a crate, the same with other names; a named crate alone.
    rexc(&folder.path().join("blog/src"), "check").errors("--> ../../shop/schema/deep/shop.rex:1:");
    let ran = rexc(folder.path(), "check blog").clean();
    assert_eq!(ran.err, "ok: 1 model, 1 enum in blog/schema/\n");
    // A folder with a workspace's manifest stands for the workspace.
    rexc(&folder.path().join("blog/src"), "check ../..").errors("shop");
    // Where one schema is wanted, the crate around the current directory decides.
    rexc(&folder.path().join("blog/src"), "ddl --database sqlite").clean();
    rexc(folder.path(), "ddl").could_not("there are several schemas: name one of blog/schema/, shop/schema/");
}

#[test]
fn a_part_of_a_crates_schema_stands_for_the_whole() {
    let manifest = format!("{MANIFEST}schema = \"db\"\ntables = \"singular\"\n");
    let more = "model Post {\n    id: BigInt @id\n    author: User\n}\n";
    let files = [("Cargo.toml", manifest.as_str()), ("db/user.rex", GOOD), ("db/more/post.rex", more)];
    let folder = folder(&files);
    for path in ["db", "db/user.rex", "db/more", ".", "db/user.rex db/more/post.rex ."] {
        let ran = rexc(folder.path(), &format!("check {path}")).clean();
        assert_eq!(ran.err, "ok: 2 models, 1 enum in db/\n", "{path}");
    }
    let ran = rexc(&folder.path().join("db"), "ddl post.rex");
    ran.could_not("there is no `post.rex`: No such file or directory (os error 2)");
    let ran = rexc(&folder.path().join("db"), "ddl more/post.rex --database sqlite").clean();
    assert!(ran.out.contains("CREATE TABLE \"post\""), "{}", ran.out);
}

#[test]
fn outside_of_a_crate_flags_say_the_databases() {
    let folder = folder(&[("people/user.rex", GOOD), ("alone.rex", GOOD)]);
    let ran = rexc(folder.path(), "check people alone.rex").clean();
    assert_eq!(ran.err, "ok: 1 model, 1 enum in people/\nok: 1 model, 1 enum in alone.rex\n");
    let both = rexc(folder.path(), "ddl people").clean();
    assert!(
        both.out.starts_with("-- SQLite\n\n") && both.out.contains("\n-- PostgreSQL\n\n"),
        "{}",
        both.out
    );
    let one = rexc(folder.path(), "ddl people --databases postgres").clean();
    assert!(one.out.starts_with("CREATE TYPE \"role\""), "{}", one.out);
    let ran = rexc(&folder.path().join("people"), "check .").clean();
    assert_eq!(ran.err, "ok: 1 model, 1 enum in ./\n");
    rexc(folder.path(), "check people --databases mysql").usage("invalid value 'mysql'");
}

// Configuration and files

#[test]
fn configuration_is_checked() {
    let with = |lines: &str| MANIFEST.replace("databases = [\"sqlite\", \"postgres\"]\n", lines);
    let check = |manifest: &str| {
        let folder = folder(&[("Cargo.toml", manifest), ("src/lib.rs", ""), ("schema/blog.rex", GOOD)]);
        rexc(folder.path(), "check")
    };
    check(&with("")).errors("error[E0901]: Cargo.toml does not say which databases");
    check(&MANIFEST.replace("[package.metadata.rex]\ndatabases", "[package.metadata.other]\nx"))
        .errors("E0901");
    check(&with("databases = []\n")).errors("E0901");
    check(&with("databases = [\"postgre\"]\n")).errors("help: did you mean `postgres`?");
    check(&with("databases = \"sqlite\"\n")).errors("E0903");
    check(&with("database = [\"sqlite\"]\n")).errors("help: did you mean `databases`?");
    check(&with("databases = [\"sqlite\"]\ndatetime = \"stone\"\n")).errors("E0903");
    check(&with("databases = [\"sqlite\"]\nlints = { int_keys = \"allow\" }\n")).errors("E0902");
    check(&with("databases = [\"sqlite\"]\nlints = { int_key = \"forbid\" }\n")).errors("E0903");
    check(&with("databases = [\"sqlite\"]\nschema = \"db\"\n")).errors("E0904");

    let folder = folder(&[("Cargo.toml", &with("")), ("src/lib.rs", ""), ("schema/blog.rex", GOOD)]);
    rexc(folder.path(), "check --databases sqlite").clean();
}

#[test]
fn files_and_folders_are_read_with_care() {
    rexc(folder(&[("schema/readme.txt", ""), ("schema/.#blog.rex", "}")]).path(), "check schema")
        .errors("E0905");
    let broken = folder(&[("schema/a.rex", GOOD)]);
    fs::write(broken.path().join("schema/b.rex"), b"// \xff\n").unwrap();
    let ran = rexc(broken.path(), "check schema").errors("E0124");
    assert_eq!(ran.last(), "1 error in schema/ (2 files)");
    let large = folder(&[("schema/a.rex", &"// much\n".repeat(600_000))]);
    rexc(large.path(), "check schema").errors("E0122");
}

#[cfg(unix)]
#[test]
fn links_end() {
    use std::os::unix::fs::symlink;
    let folder = folder(&[("schema/deep/a.rex", GOOD)]);
    symlink("..", folder.path().join("schema/deep/above")).unwrap();
    symlink("deep/a.rex", folder.path().join("schema/again.rex")).unwrap();
    symlink("deep", folder.path().join("schema/a")).unwrap();
    let ran = rexc(folder.path(), "check schema").clean();
    assert_eq!(ran.err, "ok: 1 model, 1 enum in schema/\n");
    symlink("nowhere", folder.path().join("schema/lost.rex")).unwrap();
    rexc(folder.path(), "check schema").errors("error[E0906]: `schema/lost.rex` cannot be read");
    fs::remove_file(folder.path().join("schema/lost.rex")).unwrap();
    symlink("/dev/zero", folder.path().join("schema/endless.rex")).unwrap();
    rexc(folder.path(), "check schema").errors("it is not a regular file");
}

// What cannot run

impl Ran {
    /// The arguments are wrong, and this is said.
    fn usage(self, what: &str) {
        assert_eq!(self.exit, Exit::CouldNotRun, "{}", self.err);
        assert!(self.err.contains(what), "{}", self.err);
    }
}

#[test]
fn what_cannot_run_says_why_and_what_to_do() {
    let empty = folder(&[("notes.txt", "")]);
    let check = |arguments: &str| rexc(empty.path(), arguments);
    check("check").could_not("there is no Cargo.toml here or above: name a schema folder or a `.rex` file");
    check("check nowhere").could_not("there is no `nowhere`: No such file or directory (os error 2)");
    check("check notes.txt").could_not("`notes.txt` is neither a folder nor a `.rex` file");
    check("check nowhere/a.rex")
        .could_not("there is no `nowhere/a.rex`: No such file or directory (os error 2)");

    let other =
        folder(&[("Cargo.toml", "[package]\nname = \"none\"\nedition = \"2024\"\n"), ("src/lib.rs", "")]);
    rexc(other.path(), "check").could_not(
        "no crate here has a schema: make a folder `schema` beside its Cargo.toml, or name a folder",
    );
    let broken = folder(&[("Cargo.toml", "[package]\nname = \n"), ("schema/a.rex", GOOD)]);
    rexc(broken.path(), "check .").could_not("`Cargo.toml` is not what cargo can read: line 2: string values must be quoted, expected literal string");
    let ran = rexc(broken.path(), "check");
    assert!(ran.err.starts_with("error: cargo cannot tell the crates of this workspace: "), "{}", ran.err);
    assert_eq!((ran.exit, ran.err.lines().count()), (Exit::CouldNotRun, 1));
    let nothing =
        folder(&[("Cargo.toml", "[package]\nname = \"none\"\nedition = \"2024\"\n"), ("schema/a.rex", GOOD)]);
    let ran = rexc(nothing.path(), "check");
    assert!(ran.err.contains("no targets specified in the manifest"), "{}", ran.err);
}

#[test]
fn arguments_are_explained() {
    let here = Path::new(".");
    rexc(here, "").usage("Usage: rexc [OPTIONS] <COMMAND>");
    rexc(here, "chekc").usage("a similar subcommand exists: 'check'");
    rexc(here, "codegen").usage("<--out <DIR>|--print>");
    rexc(here, "codegen --check").usage("--out <DIR>");
    rexc(here, "codegen --out a --print").usage("cannot be used with");
    for arguments in ["--help", "check --help", "codegen -h", "ddl --help"] {
        let ran = rexc(here, arguments).clean();
        assert!(ran.out.contains("Usage: rexc") && ran.err.is_empty(), "{}", ran.out);
    }
    assert_eq!(rexc(here, "--version").clean().out, format!("rexc {}\n", env!("CARGO_PKG_VERSION")));
}

// Streams

#[test]
fn colours_are_for_terminals() {
    let folder = blog("model");
    let plain = rexc(folder.path(), "check");
    let drawn = coloured(folder.path(), "check", Colour::Ansi);
    assert!(!plain.err.contains('\x1b'), "{}", plain.err);
    assert!(drawn.err.contains("\x1b["), "{}", drawn.err);
    assert_eq!(plain.last(), drawn.last());
    let help = coloured(folder.path(), "--help", Colour::Ansi);
    assert!(help.out.contains("\x1b["), "{}", help.out);
    let failed = coloured(folder.path(), "check nowhere", Colour::Ansi);
    assert!(failed.err.starts_with("\x1b[1;31merror\x1b[0m: there is no"), "{}", failed.err);
}

/// A stream that fails in one way.
struct Failing(io::ErrorKind);

impl Write for Failing {
    fn write(&mut self, _: &[u8]) -> io::Result<usize> {
        Err(self.0.into())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_closed_output_is_no_fault_and_a_full_one_is() {
    let folder = blog(GOOD);
    for arguments in ["ddl", "codegen --print", "--help"] {
        let mut err = Vec::new();
        let exit =
            on(folder.path(), arguments, Colour::Never, &mut Failing(io::ErrorKind::BrokenPipe), &mut err);
        assert_eq!((exit, err.as_slice()), (Exit::Clean, &b""[..]), "{arguments}");
    }
    let mut err = Vec::new();
    let exit = on(folder.path(), "ddl", Colour::Never, &mut Failing(io::ErrorKind::StorageFull), &mut err);
    assert_eq!(exit, Exit::CouldNotRun);
    assert!(String::from_utf8(err).unwrap().starts_with("error: the output cannot be written: "));
    let exit =
        on(folder.path(), "check", Colour::Never, &mut Vec::new(), &mut Failing(io::ErrorKind::BrokenPipe));
    assert_eq!(exit, Exit::Clean);
}

// rexc codegen

#[test]
fn code_is_written_where_it_changed() {
    let folder = blog(GOOD);
    let codegen = |arguments: &str| rexc(folder.path(), &format!("codegen --out src/blog {arguments}"));
    assert_eq!(
        codegen("--check").errors("is missing").last(),
        "3 files are stale: run `rexc codegen --out src/blog`"
    );
    assert!(!folder.path().join("src/blog").exists());
    assert_eq!(codegen("").clean().err, "3 written, 0 unchanged, 0 removed in src/blog\n");
    assert_eq!(codegen("--check").clean().err, "ok: 3 files up to date in src/blog\n");

    // Nothing is touched that does not change, from wherever it is run.
    let path = folder.path().join("src/blog/user.rs");
    let time = fs::metadata(&path).unwrap().modified().unwrap();
    let ran = rexc(&folder.path().join("src"), "codegen --out blog").clean();
    assert_eq!(ran.err, "0 written, 3 unchanged, 0 removed in blog\n");
    assert_eq!(fs::metadata(&path).unwrap().modified().unwrap(), time);
    assert!(fs::read_to_string(&path).unwrap().starts_with("// @generated by rexc from schema/blog.rex\n"));

    // A renamed model leaves no file behind; what somebody wrote stays.
    fs::write(folder.path().join("src/blog/notes.rs"), "// mine\n").unwrap();
    fs::write(folder.path().join("schema/blog.rex"), GOOD.replace("User", "Person")).unwrap();
    let ran = codegen("--check").errors("src/blog/person.rs is missing\n");
    assert!(ran.err.contains("src/blog/mod.rs differs\n"), "{}", ran.err);
    assert!(ran.err.contains("src/blog/user.rs is made by no schema any more\n"), "{}", ran.err);
    assert_eq!(codegen("").clean().err, "2 written, 1 unchanged, 1 removed in src/blog\n");
    assert!(!path.exists() && folder.path().join("src/blog/notes.rs").exists());

    // Line ends are the repository's own affair.
    let path = folder.path().join("src/blog/person.rs");
    fs::write(&path, fs::read_to_string(&path).unwrap().replace('\n', "\r\n")).unwrap();
    codegen("--check").clean();
}

#[test]
fn code_is_not_written_over_other_work() {
    let folder = blog(GOOD);
    fs::create_dir(folder.path().join("src/blog")).unwrap();
    fs::write(folder.path().join("src/blog/user.rs"), "// mine\n").unwrap();
    rexc(folder.path(), "codegen --out src/blog")
        .could_not("`src/blog/user.rs` was not generated by rexc: remove it, or name another folder");
    assert_eq!(fs::read_dir(folder.path().join("src/blog")).unwrap().count(), 1);
    rexc(folder.path(), "codegen --out src/blog --check")
        .errors("src/blog/user.rs was not generated by rexc");
    rexc(folder.path(), "codegen --out src/lib.rs")
        .could_not("`src/lib.rs` is not a folder: name one for the code");
}

#[test]
fn code_of_a_broken_schema_is_not_written() {
    let folder = blog("model");
    rexc(folder.path(), "codegen --out src/blog").errors("1 error in schema/ (1 file)");
    assert!(!folder.path().join("src/blog").exists());
    assert_eq!(rexc(folder.path(), "codegen --print").errors("E01").out, "");
}

#[test]
fn code_is_printed() {
    let ran = rexc(blog(GOOD).path(), "codegen --print").clean();
    assert!(ran.out.starts_with("// mod.rs\n\n// @generated by rexc from schema/blog.rex\n"), "{}", ran.out);
    assert!(ran.out.contains("\n// user.rs\n\n// @generated"), "{}", ran.out);
}

// rexc ddl

#[test]
fn ddl_is_printed_for_what_is_configured() {
    let folder = blog(GOOD);
    let both = rexc(folder.path(), "ddl").clean().out;
    let (sqlite, postgres) = both.split_once("\n\n-- PostgreSQL\n\n").unwrap();
    let only = |name: &str| rexc(folder.path(), &format!("ddl --database {name}")).clean().out;
    assert_eq!(sqlite, format!("-- SQLite\n\n{}", only("sqlite").trim_end_matches('\n').to_owned() + "\n"));
    assert_eq!(postgres, only("postgres"));
    assert!(only("sqlite").contains("CREATE TABLE \"users\""));

    let manifest = MANIFEST.replace(", \"postgres\"", "");
    fs::write(folder.path().join("Cargo.toml"), manifest).unwrap();
    rexc(folder.path(), "ddl --database postgres").could_not(
        "the schema is for sqlite, not for postgres: add \"postgres\" to `databases` in Cargo.toml, or run with \
         `--databases postgres`",
    );
    rexc(folder.path(), "ddl --databases postgres").clean();
    rexc(blog("model").path(), "ddl").errors("1 error in schema/ (1 file)");
}

// How a schema is named

/// What is a path for one command is an option of all, and so is the file with the configuration.
#[test]
fn a_schema_is_named_alike_everywhere() {
    let files = [
        ("one/model.rex", GOOD),
        ("two/model.rex", "model Two {\n    id: BigInt  @id\n}\n"),
        ("two.toml", "databases = [\"sqlite\"]\nschema = \"two\"\nmigrations = \"changes\"\n"),
    ];
    let folder = folder(&files);
    let run = |arguments: &str| rexc(folder.path(), arguments);
    for (arguments, told) in [
        ("check one", "ok: 1 model, 1 enum in one/\n"),
        ("check --schema one", "ok: 1 model, 1 enum in one/\n"),
        ("check --config two.toml", "ok: 1 model in two/\n"),
        ("check --config two.toml one", "ok: 1 model, 1 enum in one/\n"),
        ("fmt --check --schema one", "ok: 1 file formatted\n"),
    ] {
        assert_eq!(run(arguments).clean().err, told, "{arguments}");
    }
    let sqlite = run("ddl --config two.toml").clean().out;
    assert!(sqlite.contains("STRICT") && !sqlite.contains("-- PostgreSQL"), "{sqlite}");
    let one = run("ddl one").clean().out;
    assert_eq!(run("ddl --schema one").clean().out, one);
    assert!(one.contains("-- PostgreSQL"), "{one}");
    assert!(run("codegen --print --schema two").clean().out.contains("pub struct Two"));
    assert!(run("inspect model Two --config two.toml").clean().out.starts_with("model Two\n"));
    assert!(run("debug queries --schema two --databases sqlite").clean().out.contains("FROM \"twos\""));
    run("migrate new begin --config two.toml").clean();
    run("check --config two.toml").clean();
    run("check --schema two --migrations changes").clean();
    run("check --schema one --migrations changes --deny warnings").errors("unmigrated");
    run("check --schema one --migrations chnages")
        .could_not("there is no folder `chnages`: name the one that holds the migrations");
    run("check one two --migrations changes")
        .could_not("`--migrations` is of one schema, and there are several: name one of them");
    run("check one two --config two.toml")
        .could_not("`--config` is of one schema, and several are named: name one of them");
    assert_eq!(run("check one --schema two").exit, Exit::CouldNotRun);
}
