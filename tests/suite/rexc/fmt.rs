//! `rexc fmt`.

use std::fs;

use rex_compiler::diagnostic::Colour;
use rexc::{Console, Exit, Stream, run_in};

use super::{GOOD, MANIFEST, Ran, blog, folder, rexc};

/// A schema in another layout.
const LOOSE: &str = "enum Role{reader,author}\n";

/// The same in ours.
const TIGHT: &str = "enum Role { reader, author }\n";

fn with_input(input: &[u8], arguments: &[&str]) -> Ran {
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let streams = (
        Stream { write: &mut out, colour: Colour::Never },
        Stream { write: &mut err, colour: Colour::Never },
    );
    let arguments = ["rexc", "fmt"].iter().chain(arguments);
    let mut input = input;
    let folder = std::env::temp_dir();
    let exit = run_in(
        arguments,
        &mut Console {
            folder,
            input: &mut input,
            out: streams.0,
            err: streams.1,
            asks: false,
            now: std::time::UNIX_EPOCH,
        },
    );
    let text = |bytes| String::from_utf8(bytes).unwrap();
    Ran { exit, out: text(out), err: text(err) }
}

#[test]
fn files_are_laid_out_where_they_lie() {
    let folder = folder(&[
        ("Cargo.toml", MANIFEST),
        ("src/lib.rs", ""),
        ("schema/a.rex", LOOSE),
        ("schema/deep/b.rex", LOOSE),
        ("schema/user.rex", GOOD),
    ]);
    let read = |path: &str| fs::read_to_string(folder.path().join(path)).unwrap();
    // A file stands for itself alone.
    assert_eq!(rexc(folder.path(), "fmt schema/a.rex").clean().err, "1 formatted, 0 unchanged\n");
    assert_eq!((read("schema/a.rex").as_str(), read("schema/deep/b.rex").as_str()), (TIGHT, LOOSE));
    // What does not change is not written.
    let time = || fs::metadata(folder.path().join("schema/a.rex")).unwrap().modified().unwrap();
    let before = time();
    let ran = rexc(folder.path(), "fmt schema schema/a.rex .").clean();
    assert_eq!((ran.out.as_str(), ran.err.as_str()), ("", "1 formatted, 2 unchanged\n"));
    assert_eq!((time(), read("schema/deep/b.rex").as_str()), (before, TIGHT));
    assert_eq!(rexc(folder.path(), "fmt").clean().err, "0 formatted, 3 unchanged\n");
    assert_eq!(rexc(folder.path(), "fmt --check").clean().err, "ok: 3 files formatted\n");
    assert_eq!(fs::read_dir(folder.path().join("schema")).unwrap().count(), 3);
}

#[test]
fn what_would_change_is_shown() {
    let folder = blog(&format!("{GOOD}\n{LOOSE}"));
    let ran = rexc(folder.path(), "fmt --check").errors("1 to be formatted, 0 unchanged: run `rexc fmt`");
    let diff = "--- a/schema/blog.rex\n+++ b/schema/blog.rex\n@@ -5,4 +5,4 @@\n     role: Role = reader\n }\n \n\
                -enum Role{reader,author}\n+enum Role { reader, author }\n";
    assert_eq!(ran.out, diff);
    let text = fs::read_to_string(folder.path().join("schema/blog.rex")).unwrap();
    assert!(text.ends_with(LOOSE), "{text}");
}

#[test]
fn files_with_errors_stay_as_they_are() {
    let broken = "model User{\n    key BigInt @id\n}\n";
    let folder =
        folder(&[("schema/a.rex", broken), ("schema/b.rex", LOOSE), ("schema/c.rex", "enum A{}\r\n")]);
    for check in ["--check ", ""] {
        let ran = rexc(folder.path(), &format!("fmt {check}schema")).errors("error[E0106]");
        assert!(ran.last().contains(", 1 file with errors left as is"), "{}", ran.err);
    }
    let read = |path: &str| fs::read_to_string(folder.path().join(path)).unwrap();
    assert_eq!(read("schema/a.rex"), broken);
    assert_eq!(read("schema/b.rex"), TIGHT);
    assert_eq!(read("schema/c.rex"), "enum A {}\n");
    fs::write(folder.path().join("schema/a.rex"), b"// \xff").unwrap();
    rexc(folder.path(), "fmt schema").errors("E0124");
    rexc(folder.path(), "fmt nowhere")
        .could_not("there is no `nowhere`: No such file or directory (os error 2)");
}

#[test]
fn the_input_is_laid_out() {
    for name in ["-", "--stdin"] {
        let ran = with_input(LOOSE.as_bytes(), &[name]).clean();
        assert_eq!((ran.out.as_str(), ran.err.as_str()), (TIGHT, ""));
    }
    let ran = with_input(LOOSE.as_bytes(), &["-", "--check"]).errors("");
    assert!(ran.out.ends_with("-enum Role{reader,author}\n+enum Role { reader, author }\n"), "{}", ran.out);
    assert_eq!(with_input(TIGHT.as_bytes(), &["-", "--check"]).clean().out, "");
    assert_eq!(with_input(b"enum A {", &["-"]).errors("--> <stdin>:1:8").out, "");
    assert_eq!(with_input(b"// \xff", &["-"]).errors("E0124").out, "");
    with_input(b"", &["-", "schema"]).could_not("the input is read alone: name `-`, or files and folders");
}

#[cfg(unix)]
#[test]
fn links_and_permissions_stay() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let folder = folder(&[("elsewhere/a.rex", LOOSE), ("schema/b.rex", LOOSE)]);
    let (link, real) = (folder.path().join("schema/a.rex"), folder.path().join("elsewhere/a.rex"));
    symlink("../elsewhere/a.rex", &link).unwrap();
    fs::set_permissions(&real, fs::Permissions::from_mode(0o640)).unwrap();
    fs::set_permissions(folder.path().join("schema/b.rex"), fs::Permissions::from_mode(0o444)).unwrap();
    let ran = rexc(folder.path(), "fmt schema");
    assert_eq!(ran.exit, Exit::CouldNotRun);
    assert_eq!(
        ran.err,
        "error: `schema/b.rex` cannot be written: it may not be written to\n1 formatted, 0 unchanged\n"
    );
    assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
    assert_eq!(fs::read_to_string(&real).unwrap(), TIGHT);
    assert_eq!(fs::metadata(&real).unwrap().permissions().mode() & 0o777, 0o640);
}
