//! `rexc check` as a process of its own, on folders that were made to harm it: it ends by itself,
//! with an error, soon, and in little memory.
//!
//! The child is this very binary, which runs the command line instead of the tests.

use std::fs::{self, File};
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;

/// Where the child writes what it took; set for a child only.
const TAKEN: &str = "REX_TEST_TAKEN";

/// What a child may take: a second of all processors together. Code without optimisation takes
/// about twenty times as long, and is measured with assertions on.
const MOST_CPU: Duration = Duration::from_secs(if cfg!(debug_assertions) { 20 } else { 1 });
const MOST_MEMORY: u64 = 200 * 1024;

/// After so long a child is taken for one that waits for something, whatever else the machine does.
const HANGS: Duration = Duration::from_secs(900);

/// The stack of its threads, half of what a thread has without a word.
const STACK: &str = "1048576";

/// The child.
#[test]
fn child() {
    let Some(taken) = std::env::var_os(TAKEN) else { return };
    let exit = rexc::run(["rexc", "check", "schema"]);
    let status = fs::read_to_string("/proc/self/status").expect("Linux tells of processes");
    let stat = fs::read_to_string("/proc/self/stat").expect("Linux tells of processes");
    fs::write(taken, format!("{status}\n{stat}")).expect("the parent's folder is there");
    std::process::exit(exit as i32);
}

/// What became of a child.
struct Ended {
    status: ExitStatus,
    /// What it wrote on both streams.
    told: String,
    cpu: Duration,
    /// The most memory that it had at a time, in KiB.
    memory: u64,
}

impl Ended {
    /// It ended by itself, with this status, within its limits.
    fn with(self, name: &str, status: i32) -> String {
        let Ended { status: ended, told, cpu, memory } = self;
        let head: String = told.chars().take(2_000).collect();
        if std::env::var_os("REX_TIMES").is_some() {
            println!("{:>9.2?} {:>7} MB {name}", cpu, memory / 1024);
        }
        assert_eq!(ended.code(), Some(status), "{name}: {ended}\n{head}");
        assert!(cpu <= MOST_CPU, "{name} took {cpu:?}\n{head}");
        assert!(memory <= MOST_MEMORY, "{name} took {memory} KiB\n{head}");
        told
    }
}

/// A folder with an empty schema folder.
fn folder() -> TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder");
    fs::create_dir(schema(&folder)).expect("a folder");
    folder
}

fn schema(folder: &TempDir) -> PathBuf {
    folder.path().join("schema")
}

/// Checks the schema of a folder in a child, under limits that end it if all else fails.
fn run(folder: &TempDir) -> Ended {
    let (told, taken) = (folder.path().join("told"), folder.path().join("taken"));
    let stream = || Stdio::from(File::options().create(true).append(true).open(&told).expect("a file"));
    let mut child = Command::new("sh")
        .args(["-c", "ulimit -t 120; ulimit -v 4000000; ulimit -c 0; exec \"$0\" \"$@\""])
        .arg(std::env::current_exe().expect("this is a program"))
        .args(["--exact", "suite::diagnostics::processes::child", "--nocapture", "--quiet"])
        .current_dir(folder.path())
        .env(TAKEN, &taken)
        .env("RUST_MIN_STACK", STACK)
        .stdin(Stdio::null())
        .stdout(stream())
        .stderr(stream())
        .spawn()
        .expect("this program starts");
    let start = Instant::now();
    let status = loop {
        if let Some(status) = child.try_wait().expect("a child can be waited for") {
            break status;
        }
        if start.elapsed() > HANGS {
            child.kill().expect("a child can be ended");
        }
        std::thread::sleep(Duration::from_millis(5));
    };
    let told = String::from_utf8_lossy(&fs::read(&told).expect("what it told")).into_owned();
    let taken = fs::read_to_string(&taken).unwrap_or_else(|_| panic!("{status}: {told}"));
    let peak = taken.lines().find_map(|line| line.strip_prefix("VmHWM:")).expect("a line of every process");
    let memory = peak.trim().trim_end_matches(" kB").parse().expect("a number");
    // The fields behind the program's name, which may hold spaces; in hundredths of a second.
    let fields = taken.rsplit(") ").next().expect("a line of fields").split(' ').skip(11).take(2);
    let ticks: u64 = fields.map(|field| field.parse::<u64>().expect("a number")).sum();
    Ended { status, told, cpu: Duration::from_millis(ticks * 10), memory }
}

/// A schema of one file with these bytes ends with this status. Gives what is told.
fn file(name: &str, bytes: impl AsRef<[u8]>, status: i32) -> String {
    let folder = folder();
    fs::write(schema(&folder).join("a.rex"), bytes).expect("a file");
    run(&folder).with(name, status)
}

/// The same, with this in what is told.
fn told(name: &str, bytes: impl AsRef<[u8]>, what: &str) {
    let told = file(name, bytes, 1);
    assert!(told.contains(what), "{name}: {}", told.chars().take(2_000).collect::<String>());
}

/// A folder of this making, beside a schema that is right, ends with this status.
fn made(name: &str, make: impl Fn(&Path), status: i32, what: &str) {
    let folder = folder();
    fs::write(schema(&folder).join("right.rex"), model("")).expect("a file");
    make(&schema(&folder));
    let told = run(&folder).with(name, status);
    assert!(told.contains(what), "{name}: {told}");
}

fn model(body: &str) -> String {
    format!("model Post {{\n    id: BigInt = autoincrement() @id\n{body}\n}}\n")
}

#[test]
fn nesting() {
    const MANY: usize = 200_000;
    for open in ["(", "[", "{", "/*", "!(", "-("] {
        told(open, open.repeat(MANY), "E0121");
        told(open, model(&format!("    a: Int = {}", open.repeat(MANY))), "E0121");
    }
    for prefix in ["!", "-"] {
        file(prefix, model(&format!("    check {}id > 0", prefix.repeat(MANY))), 1);
    }
    told("question marks", model(&format!("    a: Int{}", "?".repeat(MANY / 3))), "E0113");
    told("list suffixes", model(&format!("    a: Int{}", "[]".repeat(MANY / 5))), "E0108");
}

#[test]
fn tokens_of_three_megabytes() {
    let long = "a".repeat(3_000_000);
    told("name", &long, "E0101");
    told("field", model(&format!("    {long}: Int")), "E0209");
    told("type", model(&format!("    a: {long}")), "E0301");
    told("number", model(&format!("    a: Int = {}", "1".repeat(3_000_000))), "E0402");
    file("string", model(&format!("    a: String = \"{long}\"")), 0);
    file("raw string", model(&format!("    a: String = r#\"{long}\"#")), 0);
    file("comment", format!("// {long}\n{}", model("")), 0);
    file("comment in a block", format!("/* {long} */\n{}", model("")), 0);
    file("documentation", format!("/// {long}\n{}", model("")), 0);
    told("text without an end", format!("\"{long}"), "E0117");
}

/// So many of one kind that none is read: told in words, before anything is made of them.
#[test]
fn many_of_a_kind() {
    const MANY: usize = 349_000;
    let values = |from: usize| (from..from + MANY).map(|n| format!("v{n},")).collect::<String>();
    told("variants", format!("enum E {{ {} }}", values(0)), "more than 10000 parts in this block");
    told("variants without commas", format!("enum E {{ {} }}", "v ".repeat(MANY)), "in one declaration");
    let with = format!("mixin A {{ a: Int }}\nmodel B with {}A {{ b: Int @id }}", "A,".repeat(MANY));
    told("mixins", with, "more than 10000 names behind one another");
    told("members", format!("union U = {}B", "A | ".repeat(MANY)), "more than 10000 names");
    told("models", "model A {}\n".repeat(MANY), "more than 10000 declarations");
    told("unions", "union A = B | C\n".repeat(100_000), "more than 10000 declarations");
    told("attributes", model(&format!("    a: Int {}", "@a ".repeat(MANY))), "more than 10000 attributes");
    let unique = format!("    a: Int {}", "@unique ".repeat(MANY));
    told("one attribute", model(&unique), "more than 10000 attributes");
    told("list", model(&format!("    a: [Int] = [{}]", "1,".repeat(MANY))), "elements in this list");
    told("arguments", model(&format!("    a: Int @one_of({})", "1,".repeat(MANY))), "in these parentheses");
    told("parts", model(&format!("    index ({})", "id,".repeat(MANY))), "in these parentheses");
    told("statements", model(&"    index (id)\n".repeat(100_000)), "in one declaration");
    told("words", "a ".repeat(MANY), "more than 200000 words and signs");
}

/// As many of one kind as are read, in as many places as there can be.
#[test]
fn as_many_as_may_be() {
    const MOST: usize = rex_grammar::MAX_PARTS - 10;
    let each = |count: usize, line: &dyn Fn(usize) -> String| (0..count).map(line).collect::<String>();
    let variants = each(MOST, &|n| format!("v{n},"));
    let enums = each(19, &|n| format!("enum E{n} {{ {variants} }}\n"));
    file("variants", enums + &model(&each(19, &|n| format!("    e{n}: E{n}\n"))), 0);
    let mixins = each(19, &|n| format!("model B{n} with {}A {{ b: Int @id }}\n", "A,".repeat(MOST)));
    told("mixins", format!("mixin A {{ a: Int }}\n{mixins}"), "E0811");
    file("models", each(MOST, &|n| format!("model A{n} {{ id: BigInt @id }}\n")), 0);
    told("empty models", each(MOST, &|n| format!("model A{n} {{}}\n")), "E0802");
    told("attributes", model(&each(9, &|n| format!("    a{n}: Int {}\n", "@unique ".repeat(MOST)))), "E0122");
    let lists = each(9, &|n| format!("    a{n}: [Int] = [{}]\n", "1,".repeat(MOST)));
    file("lists", model(&lists), 0);
    let values = each(9, &|n| format!("    a{n}: Int @one_of({})\n", "1,".repeat(MOST)));
    told("arguments", model(&values), "E0737");
    told("parts", model(&format!("    index ({})\n", "id,".repeat(MOST)).repeat(9)), "E0505");
    let relations = each(3, &|n| {
        let fields = each(MOST, &|n| format!("f{n}: A0 "));
        format!("model A{n} {{ id: BigInt @id {fields} }}\n")
    });
    told("relations", relations, "more than 20000 fields and statements");
    told("statements", model(&"    index (id)\n".repeat(20_000)), "more than 10000 statements");
    // Of these a part looks for all that is before each of its dots or underscores.
    told("path", model(&format!("    check ({}a > 0)", "a.".repeat(48_000))), "E0701");
    told("underscores", model(&format!("    index ({})", "a_".repeat(1_900_000))), "E0504");
}

/// Misspelt names, each of which is looked for among thousands.
#[test]
fn near_names_among_many() {
    const MANY: usize = 9_000;
    let each = |count: usize, line: &dyn Fn(usize) -> String| (0..count).map(line).collect::<String>();
    let models = each(MANY, &|n| format!("model Thing{n} {{ id: BigInt @id other: Thng{n} }}\n"));
    told("types", models, "did you mean `Thing0`?");
    let fields = each(5_000, &|n| format!("    field_{n}: Int\n    index (feld_{n})\n"));
    told("parts", model(&fields), "did you mean `field_0`?");
    let variants = format!("enum E {{ {} }}\n", each(MANY, &|n| format!("variant_{n},")));
    let defaults = each(MANY, &|n| format!("    e{n}: E = varant_{n}\n"));
    told("defaults", variants.clone() + &model(&defaults), "did you mean `variant_0`?");
    let checks = each(MANY, &|n| format!("    check (e == varant_{n})\n"));
    told("variants", variants.clone() + &model(&format!("    e: E\n{checks}")), "did you mean `variant_0`?");
    let checks = each(MANY, &|n| format!("    check (variant_{n} == 3)\n"));
    told("unknown names", variants + &model(&format!("    e: E\n{checks}")), "`E.variant_0`");
    let sides = each(4_900, &|n| format!("    a{n}: [Post] @inverse(bb{n})\n    b{n}: Post?\n"));
    told("sides", model(&sides), "did you mean `b0`?");
}

/// What mixins and types are copied for is bounded by how much is copied, not by how often.
#[test]
fn copies_of_much() {
    let models = (0..9_000).map(|n| format!("model M{n} with A {{ id: BigInt @id }}\n")).collect::<String>();
    let mixin = |body: String| format!("mixin A {{ a: Int {body} }}\n{models}");
    told("statements of a mixin", mixin(" index (a)".repeat(9_900)), "E0812");
    told("checks of a mixin", mixin(" check (a > 0)".repeat(9_900)), "E0812");
    let values = (0..9_900).map(|n| format!("{n},")).collect::<String>();
    told("rules of a mixin", mixin(format!("@one_of({values})")), "E0812");
    told("relations of a mixin", mixin((0..20).map(|n| format!(" f{n}: M0")).collect()), "E0812");
    let fields = (0..9_000).map(|n| format!(" f{n}: T")).collect::<String>();
    told("rules of a type", format!("type T {{ a: Int @one_of({values}) }}\n{}", model(&fields)), "E0812");
}

/// Limits hold for a file; these for all of a folder together.
#[test]
fn large_folders_are_not_read() {
    let files = |count: usize, text: String| {
        move |folder: &Path| {
            for at in 0..count {
                fs::write(folder.join(format!("{at}.rex")), &text).expect("a file");
            }
        }
    };
    made("100 files of 4 MB", files(100, "a ".repeat(2_000_000)), 1, "more than 16777216 bytes together");
    let words = "a ".repeat(190_000);
    made("words", files(10, words), 1, "the schema has more than 1500000 words and signs");
}

#[test]
fn large_files_are_not_read() {
    let large = |bytes: u64| {
        move |folder: &Path| {
            let file = File::create(folder.join("large.rex")).expect("a file");
            // A hole, which takes no room on the disk.
            file.set_len(bytes).expect("a file can be long");
        }
    };
    made("50 MB", large(50_000_000), 1, "50000000 bytes, and 4194304 are the limit");
    made("a terabyte", large(1 << 40), 1, "E0122");
    made("just too large", large(4 * 1024 * 1024 + 1), 1, "E0122");
}

#[test]
fn odd_characters() {
    file("byte order mark", format!("\u{feff}{}", model("    a: Int")), 0);
    file("line ends", model("    a: Int").replace('\n', "\r\n"), 0);
    told("NUL", model("    a: Int \0"), "E0123");
    told("many NULs", vec![0; 4_000_000], "E0123");
    told("directions", model("    a: Int // \u{202e}"), "E0128");
    told("many directions", "\u{202e}".repeat(1_000_000), "E0128");
    told("no UTF-8", b"model A {\n    a: \xff\n}\n", "line 2, byte 18");
    told("half a character", b"// \xc3", "line 1, byte 4");
    told("UTF-16", b"m\0o\0d\0e\0l\0", "E0123");
    told("only bytes", vec![0xff; 4_000_000], "line 1, byte 1");
}

#[test]
fn links() {
    made("a link to itself", |folder| symlink("a.rex", folder.join("a.rex")).unwrap(), 1, "E0906");
    let circle = |folder: &Path| {
        symlink("a.rex", folder.join("b.rex")).unwrap();
        symlink("b.rex", folder.join("a.rex")).unwrap();
    };
    made("a circle of links", circle, 1, "E0906");
    made("a link to nothing", |folder| symlink("gone", folder.join("a.rex")).unwrap(), 1, "E0906");
    made("a folder in itself", |folder| symlink(".", folder.join("sub")).unwrap(), 0, "ok: 1 model");
    made("a folder above", |folder| symlink("..", folder.join("sub")).unwrap(), 0, "ok: 1 model");
    let many = |folder: &Path| {
        for at in 0..500 {
            symlink(".", folder.join(format!("sub{at}"))).unwrap();
            symlink("right.rex", folder.join(format!("again{at}.rex"))).unwrap();
        }
    };
    made("links and links", many, 0, "ok: 1 model");
    let named = |folder: &Path| {
        fs::create_dir(folder.join("z")).unwrap();
        fs::write(folder.join("z/own.rex"), "model {").unwrap();
        symlink("z", folder.join("a")).unwrap();
    };
    made("what has a name of its own", named, 1, "schema/z/own.rex");
}

#[test]
fn what_is_no_file() {
    let pipe = |folder: &Path| {
        let made = Command::new("mkfifo").arg(folder.join("pipe.rex")).status();
        assert!(made.is_ok_and(|status| status.success()), "a pipe");
    };
    made("a pipe", pipe, 1, "schema/pipe.rex");
    made("a device", |folder| symlink("/dev/zero", folder.join("a.rex")).unwrap(), 1, "schema/a.rex");
    made("a folder with a file's name", |folder| fs::create_dir(folder.join("a.rex")).unwrap(), 0, "ok");
    let unreadable = |folder: &Path| {
        let file = folder.join("closed.rex");
        fs::write(&file, "model {").unwrap();
        fs::set_permissions(&file, fs::Permissions::from_mode(0o0)).unwrap();
    };
    // The administrator reads everything, and then sees what is in it.
    made("an unreadable file", unreadable, 1, "schema/closed.rex");
    let deep = |folder: &Path| {
        let deep = folder.join("d/".repeat(500));
        fs::create_dir_all(&deep).unwrap();
        fs::write(deep.join("deep.rex"), "enum Role { reader }").unwrap();
    };
    made("a deep folder", deep, 0, "unused_type");
}

/// Files and folders that come and go while they are looked for.
#[test]
fn what_vanishes() {
    let folder = folder();
    let schema = schema(&folder);
    let (sub, file) = (schema.join("sub"), schema.join("sub/a.rex"));
    fs::write(schema.join("right.rex"), model("")).expect("a file");
    let done = std::sync::atomic::AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            while !done.load(std::sync::atomic::Ordering::Relaxed) {
                fs::create_dir(&sub).expect("a folder");
                fs::write(&file, "enum Role { reader }").expect("a file");
                fs::remove_file(&file).expect("it is there");
                fs::remove_dir(&sub).expect("it is empty");
            }
        });
        for _ in 0..300 {
            let loaded = rex_build::load(&schema, "schema");
            assert!(loaded.sources.ids().any(|id| loaded.sources.name(id) == "schema/right.rex"));
            assert!(loaded.diagnostics.iter().all(|diagnostic| diagnostic.code.as_str() == "E0906"));
        }
        done.store(true, std::sync::atomic::Ordering::Relaxed);
    });
}

#[test]
fn the_deepest_nesting_fits_a_small_stack() {
    let deepest = |open: &str, inner: &str, close: &str| {
        let depth = rex_grammar::MAX_DEPTH - 2;
        model(&format!("    a: Int = {}{inner}{}", open.repeat(depth), close.repeat(depth)))
    };
    let texts = [
        deepest("(", "1", ")"),
        deepest("-(", "1", ")"),
        deepest("!(", "1", ")"),
        deepest("[", "1", "]"),
        deepest("{", "a", "}"),
        deepest("f(", "1", ")"),
        deepest("f(a: ", "1", ")"),
        deepest("1 + (", "1", ")"),
        deepest("[f(", "1", ")]").replacen("[f(", "", 64).replacen(")]", "", 64),
    ];
    let parse =
        move || texts.iter().for_each(|text| drop((rex_grammar::parse(text), rex_grammar::format(text))));
    let small = std::thread::Builder::new().stack_size(1024 * 1024).spawn(parse).expect("a thread");
    small.join().expect("it is deep enough");
}
