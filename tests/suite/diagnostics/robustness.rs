//! Whatever a file holds, it is answered: soon, without a panic, and with places that exist.

use std::time::{Duration, Instant};

use rex_compiler::Sources;
use rex_compiler::diagnostic::Code;

use super::fixture;
use crate::support::busy::busy;
use crate::support::mutate::{Random, mutate};
use crate::support::properties;

/// Checks sources, and that what is told can be shown. Gives the codes.
fn answer(sources: &Sources) -> Vec<Code> {
    properties::checked(sources).diagnostics.iter().map(|diagnostic| diagnostic.code).collect()
}

/// Holds all that holds of every schema.
fn hold(sources: &Sources) {
    for id in sources.ids() {
        properties::parsed(sources.text(id));
    }
    let checked = properties::checked(sources);
    properties::generated(&checked);
    let text: String = sources.ids().map(|id| sources.text(id)).collect();
    properties::created(&text, &checked);
}

#[test]
fn mutated_schemas_are_answered() {
    let seed = std::env::var("REX_FUZZ_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(0x9e37_79b9);
    let seconds =
        std::env::var("REX_FUZZ_SECONDS").ok().and_then(|seconds| seconds.parse().ok()).unwrap_or(2);
    let (start, mut random) = (Instant::now(), Random(seed));
    let fixtures = fixture::all(&["valid", "invalid", "lints"]);
    while start.elapsed() < Duration::from_secs(seconds) {
        let fixture = &fixtures[random.below(fixtures.len())];
        let mut sources = Sources::default();
        for id in fixture.sources.ids() {
            sources.add(fixture.sources.name(id), mutate(fixture.sources.text(id), &mut random));
        }
        let texts: Vec<&str> = sources.ids().map(|id| sources.text(id)).collect();
        let state = random.0;
        let answered = std::panic::catch_unwind(|| hold(&sources));
        assert!(answered.is_ok(), "before {state:#x}: {texts:#?}");
    }
}

/// A file of this text is answered within the time that even a slow machine takes without
/// optimisation, on a test's thread with its 2 MB of stack. Gives the codes.
fn timed(name: &str, text: String) -> Vec<Code> {
    let mut sources = Sources::default();
    sources.add(name, text);
    let start = busy();
    let codes = answer(&sources);
    let elapsed = busy() - start;
    if std::env::var_os("REX_TIMES").is_some() {
        println!("{elapsed:>12.3?} {name}: {} diagnostics", codes.len());
    }
    assert!(elapsed < Duration::from_secs(10), "{name} took {elapsed:?}");
    codes
}

/// The same, and this code is told; nothing is, where there is none.
fn hostile(name: &str, text: String, code: Option<Code>) {
    let codes = timed(name, text);
    match code {
        Some(code) => assert!(codes.contains(&code), "{name}: {codes:?}"),
        None => assert!(codes.is_empty(), "{name}: {codes:?}"),
    }
}

fn model(body: &str) -> String {
    format!("model Post {{\n    id: BigInt = autoincrement() @id\n{body}\n}}\n")
}

#[test]
fn nesting_is_bounded() {
    const MANY: usize = 200_000;
    for open in ["(", "[", "{", "/*", "@a(", "model A {", "a: [", "a(b: ", "!(", "-("] {
        hostile(open, open.repeat(MANY), Some(Code::E0121));
        hostile(
            &format!("field {open}"),
            model(&format!("    a: Int = {}", open.repeat(MANY))),
            Some(Code::E0121),
        );
    }
    for close in [")", "]", "}"] {
        hostile(close, close.repeat(MANY), Some(Code::E0105));
    }
    let deepest = format!("    a: Int = {}1{}", "(".repeat(126), ")".repeat(126));
    hostile("just deep enough", model(&deepest), None);
    for text in [
        "//",
        "x //",
        "x /// ",
        "x \"",
        "x /\"/ ",
        "x /a//",
        "x r\"\\\" ",
        "= /\\\"/ ",
        "= /a/* */ /",
        "@@ \"",
    ] {
        timed(&format!("hidden {text}"), model(&format!("    {text}{}", "(".repeat(MANY))));
    }
}

#[test]
fn length_is_bounded() {
    const MANY: usize = 5_000;
    const LONG: usize = 400_000;
    let long = "a".repeat(LONG);
    hostile("long name", long.clone(), Some(Code::E0101));
    hostile("long field", model(&format!("    {long}: String")), Some(Code::E0209));
    hostile("long type", model(&format!("    a: {long}")), Some(Code::E0301));
    hostile("long attribute", model(&format!("    a: Int @{long}")), Some(Code::E0304));
    hostile("long string", model(&format!("    a: String = \"{long}\"")), None);
    hostile("long number", model(&format!("    a: Int = {}", "1".repeat(LONG))), Some(Code::E0402));
    hostile(
        "long decimal",
        model(&format!("    a: Decimal(3, 1) = {}", "1".repeat(LONG))),
        Some(Code::E0403),
    );
    hostile("long comment", format!("// {long}"), None);
    hostile("long comment in a block", format!("/* {long} */"), None);
    hostile("attributes", model(&format!("    a: Int {}", "@a".repeat(MANY))), Some(Code::E0304));
    hostile("attributes twice", model(&format!("    a: Int {}", "@index ".repeat(MANY))), Some(Code::E0305));
    hostile("operators", model(&format!("    a: Int = 1{}", " + 1".repeat(MANY))), Some(Code::E0121));
    hostile("list suffixes", model(&format!("    a: Int{}", "[]".repeat(40_000))), Some(Code::E0108));
    hostile("escapes", model(&format!("    a: String = \"{}\"", "\\q".repeat(100_000))), Some(Code::E0119));
    hostile("documentation", "///\n".repeat(90_000), Some(Code::W0002));
    hostile("separators", model(&",;".repeat(LONG / 5)), Some(Code::E0115));
    hostile("unopened", ")".repeat(LONG), Some(Code::E0105));
    hostile("signs", model(&format!("    a: Int = {}1", "-".repeat(MANY))), Some(Code::E0401));
    hostile("docs", format!("{}\nmodel A {{}}", "/// a\n".repeat(MANY)), Some(Code::E0802));
    hostile("docs of nothing", model(&"    /// a\n".repeat(MANY)), Some(Code::W0002));
    hostile("line ends", format!("x{}", "\n".repeat(LONG)), Some(Code::E0101));
    hostile("spaces", format!("x{}", " ".repeat(LONG)), Some(Code::E0101));
    hostile("broken lines", model(&"    x = = y\n".repeat(MANY)), Some(Code::E0101));
    hostile("broken strings", model(&"    a: String = \"x\n".repeat(MANY)), Some(Code::E0117));
    hostile("words", model(&"a ".repeat(MANY)), Some(Code::E0101));
    hostile("commas", model(&",".repeat(MANY)), Some(Code::E0115));
    hostile("quotes", "\"".repeat(MANY + 1), Some(Code::E0117));
    hostile("braces", "{}".repeat(MANY), Some(Code::E0101));
    hostile("parentheses", "()".repeat(MANY), Some(Code::E0101));
}

#[test]
fn numbers_of_things_are_bounded() {
    let many = |count: usize, line: &dyn Fn(usize) -> String| (0..count).map(line).collect::<String>();
    const MANY: usize = 5_000;
    hostile("fields", model(&many(MANY, &|n| format!("    f{n}: Int\n"))), None);
    hostile("too many fields", model(&many(20_000, &|n| format!("    f{n}: Int\n"))), Some(Code::E0812));
    hostile("same fields", model(&many(MANY, &|_| "    f: Int\n".to_owned())), Some(Code::E0202));
    hostile("unknown types", model(&many(MANY, &|n| format!("    f{n}: Type{n}\n"))), Some(Code::E0301));
    let key = "id: Int @id";
    hostile("models", many(MANY, &|n| format!("model M{n} {{ {key} }}\n")), None);
    hostile("same models", many(MANY, &|_| format!("model M {{ {key} }}\n")), Some(Code::E0201));
    hostile(
        "variants",
        format!("enum E {{ {} }}\n{}", many(MANY, &|n| format!("v{n}, ")), model("    e: E")),
        None,
    );
    hostile("relations", model(&many(MANY, &|n| format!("    f{n}: Post?\n"))), None);
    hostile("lists", model(&many(MANY, &|n| format!("    f{n}: [Post]\n"))), Some(Code::E0602));
    let pair = many(2_000, &|n| {
        format!("    f{n}: [Post] @inverse(g{n}) @join_table(\"j{n}\")\n    g{n}: [Post] @inverse(f{n})\n")
    });
    hostile("pairs", model(&pair), None);
    hostile("unknown parts", model(&many(MANY, &|n| format!("    index (x{n})\n"))), Some(Code::E0504));
    hostile(
        "indexes",
        model(&format!("    a: Int\n{}", many(MANY, &|_| "    index (a)\n".to_owned()))),
        Some(Code::W0004),
    );
    hostile("defaults", model(&many(MANY, &|n| format!("    f{n}: Int = x{n}()\n"))), Some(Code::E0406));
    let chain = many(MANY, &|n| format!("model M{} {{ m: M{n} @id }}\n", n + 1));
    hostile("chain of keys", format!("model M0 {{ {key} }}\n{chain}"), Some(Code::E0510));
    hostile("circle of keys", format!("model M0 {{ m: M{MANY} @id }}\n{chain}"), Some(Code::E0508));
    let needs = many(MANY, &|n| format!("model M{} {{ {key} m: M{n} }}\n", n + 1));
    hostile("circle of needs", format!("model M0 {{ {key} m: M{MANY} }}\n{needs}"), Some(Code::W0008));
    let doubling = many(60, &|n| format!("model M{} {{ a: M{n} b: M{n} id (a, b) }}\n", n + 1));
    hostile("doubling keys", format!("model M0 {{ {key} }}\n{doubling}"), Some(Code::E0510));
}

/// What a few words stand for many of.
#[test]
fn what_declarations_make_is_bounded() {
    const MANY: usize = 5_000;
    let many = |count: usize, line: &dyn Fn(usize) -> String| (0..count).map(line).collect::<String>();
    let key = "id: BigInt = autoincrement() @id";
    let chain = many(MANY, &|n| format!("mixin M{} with M{n} {{ f{n}: Int }}\n", n + 1));
    let mixins = format!("mixin M0 {{ f: Int }}\n{chain}model A with M{MANY} {{ {key} }}\n");
    hostile("chain of mixins", mixins, Some(Code::E0812));
    let names = |but: usize| {
        let others = (0..60).filter(|&n| n != but).map(|n| format!("M{n}"));
        others.collect::<Vec<_>>().join(", ")
    };
    let circles = many(60, &|n| format!("mixin M{n} with {} {{ F{n}: Int }}\n", names(n)));
    let circles = format!("{circles}model A with M0 {{ {key} index (nothing) }}\n");
    hostile("circles of mixins", circles, Some(Code::E0805));
    let doubling = many(60, &|n| format!("type T{} {{ a: T{n} b: T{n} }}\n", n + 1));
    let doubling = format!("type T0 {{ a: Int }}\n{doubling}model A {{ {key} t: T60 }}\n");
    hostile("doubling types", doubling, Some(Code::E0812));
    let members = (0..1_000).map(|n| format!("A{n}")).collect::<Vec<_>>().join(" | ");
    let owners = many(1_000, &|n| format!("model A{n} {{ {key} owner: Owner? }}\n"));
    hostile("large union", format!("union Owner = {members}\n{owners}"), Some(Code::E0812));
    let fields = many(16, &|n| format!("    u{n}: Pair\n"));
    let names = (0..16).map(|n| format!("u{n}")).collect::<Vec<_>>().join(", ");
    let unique = format!("    unique ({names})\n").repeat(40);
    let product = format!("union Pair = A | B\nmodel B {{ {key} }}\nmodel A {{ {key}\n{fields}{unique}}}\n");
    hostile("unions in a unique", product, Some(Code::E0812));
}

#[test]
fn odd_files_are_answered() {
    hostile("nothing", String::new(), None);
    hostile("only a byte order mark", "\u{feff}".to_owned(), None);
    hostile("byte order mark", format!("\u{feff}{}", model("    a: Int")), None);
    hostile("line ends of Windows", model("    /// A.\n    a: Int\n").replace('\n', "\r\n"), None);
    hostile("line ends of old", model("    a: Int").replace('\n', "\r"), None);
    hostile("NUL", "model A {\0}".to_owned(), Some(Code::E0123));
    hostile("NUL in a string", model("    a: String = \"\0\""), Some(Code::E0123));
    hostile("NUL in a comment", "/* \0 */".to_owned(), Some(Code::E0123));
    hostile("only a comment", "// nothing".to_owned(), None);
    for open in [
        "model",
        "model A",
        "model A {",
        "enum",
        "enum A {",
        "enum A { a @name(",
        "union",
        "union A =",
        "\"",
        "r\"",
        "/*",
    ] {
        let mut sources = Sources::default();
        sources.add("unfinished", open);
        assert!(!answer(&sources).is_empty(), "{open}");
    }
    let whole = model("    a: String(20)? = \"x\" @column(\"y\")\n    unique \"z\" (a, id desc)\n");
    for end in 0..whole.len() {
        let mut sources = Sources::default();
        sources.add("cut", &whole[..end]);
        answer(&sources);
    }
}
