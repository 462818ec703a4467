//! What is told where a file, or a part of it, is larger than any schema is: the sources are made
//! here, since no fixture is as long.

use rex_compiler::diagnostic::{Colour, render};
use rex_compiler::{Options, Sources};
use rex_grammar::{MAX_DECLARATION, MAX_MEMBERS, MAX_PARTS};

/// A source by its name, and one more of what is in it than is read.
fn sources() -> [(&'static str, String); 11] {
    let many = "\n    a,".repeat(MAX_PARTS + 1);
    let members = "\n    check (id > 0)".repeat(MAX_MEMBERS / 2 - 1);
    let field = |rest: &str| format!("model A {{\n    id: BigInt @id\n    b: Int {rest}\n}}\n");
    [
        ("variants", format!("enum E {{{many}\n}}\n")),
        ("elements", field(&format!("= [{many}\n    ]"))),
        ("arguments", field(&format!("@one_of({many}\n    )"))),
        ("nested", field(&format!("= [[{}\n    ]]", "\n    1,".repeat(MAX_PARTS + 1)))),
        ("attributes", field(&"\n        @unique".repeat(MAX_PARTS + 1))),
        ("mixins", format!("model A with {} {{\n}}\n", "\n    A,".repeat(MAX_PARTS + 2))),
        ("members", format!("union U = {}\n", "\n    | A".repeat(MAX_PARTS + 1))),
        ("declarations", "model A {}\n".repeat(MAX_PARTS + 1)),
        (
            "fields and statements",
            format!(
                "model A {{ id: BigInt @id {members}\n}}\nmodel B {{ id: BigInt @id {members}\n    c: Int\n}}\n"
            ),
        ),
        ("words", format!("model A {{\n    {}\n}}\n", "b\n".repeat(MAX_DECLARATION))),
        ("statements", field(&"\n    check (b > 0)".repeat(10_001))),
    ]
}

#[test]
fn limits_are_worded() {
    let mut all = String::new();
    for (name, text) in sources() {
        let mut sources = Sources::default();
        sources.add(name, &text);
        let checked = rex_compiler::check(&sources, &Options::default());
        let of_limits = |code: &str| matches!(code, "E0122" | "E0812");
        let told: Vec<_> = checked.diagnostics.into_iter().filter(|it| of_limits(it.code.as_str())).collect();
        assert_eq!(told.len(), 1, "{name}");
        all += &render(&sources, &told, Colour::Never);
    }
    super::snapshot("configuration", "limits", &all);
}
