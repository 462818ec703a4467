//! `rexc check --fix`, and the levels of lints on the command line.

use std::fs;

use super::{MANIFEST, blog, folder, rexc};

/// Faults with one reading, faults that need a choice, and one that shows only when another is
/// mended.
const BAD: &str = "// Ours.\r
model User {
    id BigInt = autoincrement() @id      // the key
    name: string!,
    tags: String[]
    kind: Knd
    bio: String @db.Text

    @@index([name])
}
";

const MENDED: &str = "// Ours.\r
model User {
    id: BigInt = autoincrement() @id      // the key
    name: String
    tags: [String]
    kind: Knd
    bio: String

    index (name)
}
";

#[test]
fn what_has_one_reading_is_mended() {
    let folder = blog(BAD);
    let path = folder.path().join("schema/blog.rex");
    let ran = rexc(folder.path(), "check --fix").errors("error[E0301]: no type is called `Knd`");
    let ends = "fixed 7 of 8 in schema/blog.rex\n1 error in schema/ (1 file)\n";
    assert!(ran.err.ends_with(ends), "{}", ran.err);
    assert!(ran.err.contains("--> schema/blog.rex:6:11"), "{}", ran.err);
    assert_eq!(fs::read_to_string(&path).unwrap(), MENDED);
    assert_eq!(fs::read_dir(folder.path().join("schema")).unwrap().count(), 1, "nothing is left behind");

    // A second run finds nothing to do, and touches nothing.
    let time = fs::metadata(&path).unwrap().modified().unwrap();
    let again = rexc(folder.path(), "check --fix").errors("Knd");
    assert_eq!(again.last(), "1 error in schema/ (1 file)");
    assert!(!again.err.contains("fixed"), "{}", again.err);
    assert_eq!(fs::metadata(&path).unwrap().modified().unwrap(), time);
}

#[test]
fn a_dry_run_shows_the_difference() {
    let folder = blog("model User {\n    id: BigInt @id\n    name: String!\n}\n");
    let ran = rexc(folder.path(), "check --fix --dry-run").errors("would fix 1 of 1 in schema/blog.rex\n");
    let diff = "--- a/schema/blog.rex\n+++ b/schema/blog.rex\n@@ -1,4 +1,4 @@\n model User {\n     id: BigInt @id\n\
                -    name: String!\n+    name: String\n }\n";
    assert_eq!(ran.out, diff);
    assert_eq!(ran.last(), "1 error in schema/ (1 file)");
    rexc(folder.path(), "check").errors("E0109");
    rexc(folder.path(), "check --dry-run").usage("--fix");
}

#[cfg(unix)]
#[test]
fn files_stay_what_they_are() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let folder = folder(&[("schema/readme.txt", ""), ("real.rex", BAD)]);
    let (link, real) = (folder.path().join("schema/link.rex"), folder.path().join("real.rex"));
    symlink("../real.rex", &link).unwrap();
    fs::set_permissions(&real, fs::Permissions::from_mode(0o640)).unwrap();
    rexc(folder.path(), "check schema --fix").errors("fixed 7 of 8 in schema/link.rex");
    assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
    assert_eq!(fs::read_to_string(&real).unwrap(), MENDED);
    assert_eq!(fs::metadata(&real).unwrap().permissions().mode() & 0o777, 0o640);

    fs::write(&real, BAD).unwrap();
    fs::set_permissions(&real, fs::Permissions::from_mode(0o440)).unwrap();
    rexc(folder.path(), "check schema --fix")
        .could_not("`schema/link.rex` cannot be written: it may not be written to");
}

#[test]
fn what_remains_is_told_in_any_format() {
    let ran = rexc(blog(BAD).path(), "check --fix --format json").errors("fixed 7 of 8");
    assert_eq!(ran.out.lines().count(), 1, "{}", ran.out);
    let ran = rexc(blog(BAD).path(), "check --fix -q").errors("Knd");
    assert!(!ran.err.contains("fixed"), "{}", ran.err);
}

#[test]
fn lints_have_the_level_of_the_command_line() {
    let schema = "enum Role { reader }\n\nmodel User {\n    id: Int = autoincrement() @id\n}\n";
    let folder = blog(schema);
    let check = |arguments: &str| rexc(folder.path(), &format!("check {arguments}"));
    let denied = check("--deny warnings").errors("error[W0006, int_key]");
    assert_eq!(denied.last(), "2 errors in schema/ (1 file)");
    assert_eq!(check("--deny int_key").errors("").last(), "1 error, 1 warning in schema/ (1 file)");
    assert_eq!(check("--deny W0006 --allow unused_type").errors("").last(), "1 error in schema/ (1 file)");
    assert_eq!(check("--deny warnings --allow int_key").errors("").last(), "1 error in schema/ (1 file)");
    check("--allow warnings").clean();
    check("--allow int_key,unused_type --deny warnings").clean();
    check("--deny intkey").could_not("no lint is called `intkey`: did you mean `int_key`?");
    check("--deny E0301").could_not("no lint is called `E0301`: `rexc explain --list` prints all");
    // A lint that the schema silences stays silent; the configuration gives way.
    fs::write(folder.path().join("schema/blog.rex"), schema.replace("@id", "@id @allow(int_key)")).unwrap();
    check("--deny int_key").clean();
    fs::write(folder.path().join("schema/blog.rex"), schema).unwrap();
    fs::write(folder.path().join("Cargo.toml"), format!("{MANIFEST}lints = {{ int_key = \"deny\" }}\n"))
        .unwrap();
    assert_eq!(check("--warn int_key").clean().last(), "2 warnings in schema/ (1 file)");
}

#[test]
fn colours_can_be_asked_for() {
    let folder = blog("model");
    assert!(rexc(folder.path(), "check --color always").errors("").err.contains("\x1b["));
    assert!(rexc(folder.path(), "--color always explain E0301").clean().out.contains("\x1b[1m"));
    let never = super::coloured(folder.path(), "check --color never", rex_compiler::diagnostic::Colour::Ansi);
    assert!(!never.err.contains('\x1b'), "{}", never.err);
}
