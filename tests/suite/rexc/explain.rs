//! `rexc explain`.

use std::path::Path;

use rex_compiler::diagnostic::REGISTRY;
use rex_schema::plan::Code as Hazard;

use super::rexc;

#[test]
fn a_code_is_explained_by_its_name_in_any_case() {
    let here = Path::new(".");
    let ran = rexc(here, "explain E0301").clean();
    assert!(ran.out.starts_with("E0301: an unknown type\n\n"), "{}", ran.out);
    assert!(ran.out.contains("\n\nWrong:\n\n    model Post {\n"), "{}", ran.out);
    assert!(ran.out.contains("\n\nRight:\n\n    model Post {\n"), "{}", ran.out);
    assert_eq!(ran.err, "");
    assert_eq!(rexc(here, "explain e0301").clean().out, ran.out);
    let hazard = rexc(here, "explain drop_column").clean().out;
    assert!(hazard.starts_with("drop_column: a column goes with its values\n"), "{hazard}");
    assert_eq!(rexc(here, "explain drop_column:posts.body").clean().out, hazard);
    let lint = rexc(here, "explain int_key").clean().out;
    assert!(lint.starts_with("W0006 (int_key): "), "{lint}");
    assert_eq!(rexc(here, "explain w0006").clean().out, lint);
}

#[test]
fn near_codes_are_suggested() {
    let here = Path::new(".");
    rexc(here, "explain E9901").could_not("there is no code `E9901`: did you mean E0901?");
    rexc(here, "explain intkey").could_not("there is no code `intkey`: did you mean int_key?");
    rexc(here, "explain everything")
        .could_not("there is no code `everything`: `rexc explain --list` prints all");
    rexc(here, "explain").usage("<CODE|--list>");
}

#[test]
fn all_codes_are_listed() {
    let list = rexc(Path::new("."), "explain --list").clean().out;
    let (codes, hazards) = list.split_once("\nhazards of migrations:\n").expect("both are listed");
    assert_eq!((codes.lines().count(), hazards.lines().count()), (REGISTRY.len(), Hazard::ALL.len()));
    assert!(list.contains("\nW0006  int_key ") && list.starts_with("E0101  "), "{list}");
    assert!(hazards.contains("\ndrop_column: a column goes"), "{list}");
    assert!(list.lines().all(|line| line == line.trim_end()), "{list}");
}
