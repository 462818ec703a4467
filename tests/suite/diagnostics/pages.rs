//! The page of each code: it is in its form, and its examples are what they say.

use rex_build::Config;
use rex_compiler::diagnostic::explain::{Example, Page, explain, title};
use rex_compiler::diagnostic::{Code, Colour, REGISTRY};
use rex_compiler::{Options, Sources, check};

/// Codes about what is in no single file: their examples are shown, not compiled.
const SHOWN_ONLY: [Code; 12] = [
    Code::E0122,
    Code::E0124,
    Code::E0904,
    Code::E0905,
    Code::E0906,
    Code::E0910,
    Code::E0911,
    Code::E0912,
    Code::E0913,
    Code::E0914,
    Code::E0915,
    Code::W0016,
];

#[test]
fn every_code_is_explained() {
    let faults: Vec<String> = REGISTRY
        .iter()
        .flat_map(|&code| faults(code).into_iter().map(move |fault| format!("{}: {fault}", code.as_str())))
        .collect();
    assert!(faults.is_empty(), "\n{}\n", faults.join("\n"));
}

/// What is wrong with the page of a code.
pub(super) fn faults(code: Code) -> Vec<String> {
    let page = Page::of(code);
    let mut faults = Vec::new();
    if rebuilt(code, &page) != code.page() {
        faults.push("the page is not a title, some sentences, a wrong and a right example".to_owned());
    }
    let prose = page.why.trim_end_matches('`');
    if page.why.len() < 40 || !prose.ends_with(['.', '?']) || page.why.lines().any(|line| line.len() > 120) {
        faults.push("the reason is not a few sentences in lines of up to 120 bytes".to_owned());
    }
    let wanted = if code.as_str().starts_with("E09") { "toml" } else { "rex" };
    let language = page.wrong.language.as_str();
    match (SHOWN_ONLY.contains(&code), language == wanted && page.right.language == language) {
        (true, _) if language == "text" => return faults,
        (false, true) => {}
        _ => faults.push(format!("examples are `{wanted}`")),
    }
    let wrong = codes(&page.wrong);
    if wrong.is_empty() || wrong.iter().any(|other| *other != code) {
        faults.push(format!("the wrong example gives {wrong:?}"));
    }
    let right = codes(&page.right);
    if !right.is_empty() {
        faults.push(format!("the right example gives {right:?}"));
    }
    faults
}

/// The page as its parts make it.
fn rebuilt(code: Code, page: &Page) -> String {
    let example =
        |example: &Example, word: &str| format!("```{} {word}\n{}```\n", example.language, example.text);
    let (wrong, right) = (example(&page.wrong, "wrong"), example(&page.right, "right"));
    format!("# {}\n\n{}\n\n{wrong}\n{right}", title(code), page.why)
}

/// What is told about an example.
fn codes(example: &Example) -> Vec<Code> {
    let diagnostics = match example.language.as_str() {
        "toml" => Config::from_manifest("Cargo.toml", &example.text).expect("it is TOML").1,
        _ => {
            let mut sources = Sources::default();
            // Editors would not show the characters themselves.
            let text = example.text.replace('␀', "\0").replace("⟨U+202E⟩", "\u{202e}");
            sources.add("main.rex", text);
            check(&sources, &Options::default()).diagnostics
        }
    };
    diagnostics.iter().map(|diagnostic| diagnostic.code).collect()
}

#[test]
fn no_page_is_left_behind() {
    let folder = crate::support::sources::root().join("compiler/src/diagnostic/explain");
    let entries = std::fs::read_dir(folder).expect("the folder can be read");
    for entry in entries {
        let path = entry.expect("the folder can be read").path();
        // Those of hazards, which `migrate::listed` reads.
        if path.ends_with("hazards") || path.ends_with("hazards.rs") {
            continue;
        }
        let name = path.file_name().expect("entries have names").to_string_lossy().into_owned();
        let code = name.strip_suffix(".md").and_then(Code::find);
        assert!(code.is_some_and(|code| name == format!("{}.md", code.as_str())), "{name} explains no code");
    }
}

#[test]
fn a_page_is_pleasant_on_a_terminal() {
    let plain = explain(Code::W0006, Colour::Never);
    super::snapshot("pages", "W0006", &plain);
    let coloured = explain(Code::W0006, Colour::Ansi);
    assert!(coloured.starts_with("\x1b[1mW0006 (int_key): "), "{coloured}");
    assert_eq!(coloured.replace("\x1b[1m", "").replace("\x1b[0m", ""), plain);
}
