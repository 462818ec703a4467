//! The pages that explain codes: what is in one, and how it looks on a terminal.
//!
//! A page is a file `explain/E0301.md`, which the registry takes in. All have one form: the title,
//! made of the code and its summary; a few sentences of why; a wrong example and a right one, each
//! a fenced block with the words `wrong` and `right` behind its language. The language is `rex`;
//! `toml` for configuration; `text` where no single file shows the fault.

pub mod hazards;

use super::render::Colour;
use super::{Code, REGISTRY};

/// What a page says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// Why it is wrong and how to mend it: paragraphs, lines and all.
    pub why: String,
    /// What brings about the diagnostic.
    pub wrong: Example,
    /// The same without it.
    pub right: Example,
}

/// An example of a page.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Example {
    /// What it is written in: `rex`, `toml` or `text`.
    pub language: String,
    /// The lines between the fences.
    pub text: String,
}

impl Page {
    /// The page of a code.
    pub fn of(code: Code) -> Page {
        Page::read(code.page())
    }

    fn read(text: &str) -> Page {
        let mut page = Page { why: String::new(), wrong: Example::default(), right: Example::default() };
        let mut inside: Option<&mut Example> = None;
        for line in text.lines().skip(1) {
            let fence = line.strip_prefix("```").map(|info| info.split_once(' ').unwrap_or((info, "")));
            match (fence, &mut inside) {
                (Some((language, "wrong")), None) => {
                    page.wrong.language = language.to_owned();
                    inside = Some(&mut page.wrong);
                }
                (Some((language, "right")), None) => {
                    page.right.language = language.to_owned();
                    inside = Some(&mut page.right);
                }
                (Some(_), _) => inside = None,
                (None, Some(example)) => add_line(&mut example.text, line),
                (None, None) => add_line(&mut page.why, line),
            }
        }
        page.why = page.why.trim().to_owned();
        page
    }
}

fn add_line(text: &mut String, line: &str) {
    text.push_str(line);
    text.push('\n');
}

/// `E0301: an unknown type`, with the lint's name where it has one.
pub fn title(code: Code) -> String {
    let lint = code.lint().map(|lint| format!(" ({lint})")).unwrap_or_default();
    format!("{}{lint}: {}", code.as_str(), code.summary())
}

/// The page of a code as text for a terminal.
pub fn explain(code: Code, colour: Colour) -> String {
    shown(&title(code), Page::of(code), colour)
}

fn shown(title: &str, page: Page, colour: Colour) -> String {
    let Page { why, wrong, right } = page;
    let (title, wrong_head, right_head) =
        (heading(title, colour), heading("Wrong", colour), heading("Right", colour));
    let (wrong, right) = (indented(&wrong.text), indented(&right.text));
    let why = why.split("\n\n").map(wrapped).collect::<Vec<_>>().join("\n\n");
    format!("{title}\n\n{why}\n\n{wrong_head}:\n\n{wrong}\n{right_head}:\n\n{right}")
}

fn heading(text: &str, colour: Colour) -> String {
    match colour {
        Colour::Never => text.to_owned(),
        Colour::Ansi => format!("\x1b[1m{text}\x1b[0m"),
    }
}

/// A paragraph in lines that fit a terminal of 80 columns.
fn wrapped(paragraph: &str) -> String {
    const WIDTH: usize = 80;
    let (mut text, mut column) = (String::new(), 0);
    for word in paragraph.split_whitespace() {
        let width = word.chars().count();
        if column > 0 && column + 1 + width > WIDTH {
            text.push('\n');
            column = 0;
        } else if column > 0 {
            text.push(' ');
            column += 1;
        }
        text.push_str(word);
        column += width;
    }
    text
}

fn indented(text: &str) -> String {
    let line = |line: &str| if line.is_empty() { "\n".to_owned() } else { format!("    {line}\n") };
    text.lines().map(line).collect()
}

/// All codes, a line each, with the name of the lint and the summary.
pub fn table() -> String {
    let width = REGISTRY.iter().filter_map(|code| code.lint()).map(str::len).max().unwrap_or_default();
    let line = |code: &Code| {
        format!("{}  {:width$}  {}\n", code.as_str(), code.lint().unwrap_or_default(), code.summary())
    };
    REGISTRY.iter().map(line).collect()
}

/// Codes and names of lints that were probably meant; at most three.
pub fn near(text: &str) -> Vec<String> {
    let folded = text.to_lowercase();
    let is_near = |code: &&Code| strsim::damerau_levenshtein(&folded, &code.as_str().to_lowercase()) == 1;
    let lints = REGISTRY.iter().filter_map(|code| code.lint());
    match super::nearest(text, lints) {
        _ if text.len() > 64 => Vec::new(),
        Some(lint) => vec![lint.to_owned()],
        None => REGISTRY.iter().filter(is_near).take(3).map(|code| code.as_str().to_owned()).collect(),
    }
}
