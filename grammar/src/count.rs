//! How much stands in a file, counted before a tree is made of it, which takes memory for each.

use crate::error::SyntaxErrorKind;
use crate::parse::{MAX_DECLARATION, MAX_DEPTH, MAX_PARTS, MAX_TOKENS};

/// What was counted so far.
#[derive(Default)]
pub(crate) struct Counts {
    /// Words, numbers, strings and signs.
    pub(crate) tokens: usize,
    /// Those within the outermost braces.
    of_declaration: usize,
    declarations: usize,
    /// The attributes behind one another.
    attributes: usize,
    /// What commas separate, by depth; outside of brackets also what `|` separates. Whether one more
    /// stands behind the last does not count, since a formatter may add it.
    parts: Vec<usize>,
    /// Whether the next word or sign begins a part.
    is_new: bool,
}

/// What is more than may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Surplus {
    Tokens,
    Declarations,
    OfDeclaration,
    Parts,
    Names,
    Attributes,
}

impl Surplus {
    /// Whether the bracket that is open tells more than the place where it was found.
    pub(crate) fn is_of_block(self) -> bool {
        matches!(self, Surplus::OfDeclaration | Surplus::Parts)
    }

    /// `open` is the bracket that is open.
    pub(crate) fn into_kind(self, open: u8) -> SyntaxErrorKind {
        let bracket = char::from(open);
        match self {
            Surplus::Tokens => SyntaxErrorKind::TooManyTokens,
            Surplus::Declarations => SyntaxErrorKind::TooManyDeclarations,
            Surplus::OfDeclaration => SyntaxErrorKind::LargeDeclaration,
            Surplus::Parts => SyntaxErrorKind::TooManyParts { bracket },
            Surplus::Names => SyntaxErrorKind::TooManyNames,
            Surplus::Attributes => SyntaxErrorKind::TooManyAttributes,
        }
    }
}

impl Counts {
    /// Counts what begins at a place, which is neither in a comment nor in a string. `depth` is how
    /// many brackets are open there.
    pub(crate) fn count(&mut self, text: &[u8], at: usize, depth: usize) -> Option<Surplus> {
        let byte = text[at];
        let tokens = tokens(text, at);
        self.tokens += tokens;
        self.of_declaration += tokens;
        self.parts.resize(MAX_DEPTH + 2, 0);
        let separates = byte == b',' || (byte == b'|' && depth == 0);
        let begins = tokens > 0 && !matches!(byte, b'}' | b')' | b']' | b';');
        if self.is_new && begins {
            self.parts[depth] += 1;
        }
        match byte {
            b'{' | b'=' if depth == 0 => {
                self.declarations += 1;
                (self.of_declaration, self.attributes, self.parts[0]) = (0, 0, 0);
            }
            b':' if depth == 1 => self.attributes = 0,
            b'@' if depth == 1 => self.attributes += 1,
            b',' if depth == 1 => self.attributes = 0,
            _ => {}
        }
        let opens = matches!(byte, b'{' | b'(' | b'[');
        if opens {
            self.parts[depth + 1] = 0;
        }
        if tokens > 0 || separates {
            self.is_new = separates || opens || (byte == b'=' && depth == 0);
        }
        self.surplus(depth)
    }

    fn surplus(&self, depth: usize) -> Option<Surplus> {
        let all = [
            (self.parts[depth] > MAX_PARTS, if depth == 0 { Surplus::Names } else { Surplus::Parts }),
            (self.attributes > MAX_PARTS, Surplus::Attributes),
            (self.declarations > MAX_PARTS, Surplus::Declarations),
            (depth > 0 && self.of_declaration > MAX_DECLARATION, Surplus::OfDeclaration),
            (self.tokens > MAX_TOKENS, Surplus::Tokens),
        ];
        all.into_iter().find(|(is_more, _)| *is_more).map(|(_, surplus)| surplus)
    }
}

/// How many words, numbers, strings and signs begin at a place. Commas and `|` are none, since a
/// formatter may add them.
fn tokens(text: &[u8], at: usize) -> usize {
    let is_word = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || !byte.is_ascii();
    match text[at] {
        // The text of each line is kept.
        b'/' if text[at..].starts_with(b"///") => 2,
        b'/' if text[at..].starts_with(b"//") || text[at..].starts_with(b"/*") => 0,
        b',' | b'|' => 0,
        byte if byte.is_ascii_whitespace() => 0,
        byte if is_word(byte) => usize::from(at == 0 || !is_word(text[at - 1])),
        _ => 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{MAX_MEMBERS, format, parse};

    fn is_read(text: &str) -> bool {
        let is_surplus = |kind: &SyntaxErrorKind| {
            use SyntaxErrorKind as Kind;
            matches!(kind, Kind::TooManyParts { .. } | Kind::TooManyNames | Kind::TooManyAttributes)
                || matches!(kind, Kind::TooManyDeclarations | Kind::TooManyMembers | Kind::LargeDeclaration)
        };
        !parse(text).1.iter().any(|error| is_surplus(&error.kind))
    }

    /// The most are read, also in the canonical layout, and one more is not.
    fn ends(most: usize, make: impl Fn(usize) -> String) {
        let text = make(most);
        assert!(is_read(&text), "{most} of {}", &text[..80]);
        let formatted = format(&text);
        assert!(formatted.errors.is_empty() && is_read(&formatted.text), "{}", &text[..80]);
        assert!(!is_read(&make(most + 1)), "one more of {}", &text[..80]);
    }

    #[test]
    fn limits_are_where_they_are_said_to_be() {
        let each = |count: usize, one: &str, between: &str| vec![one; count].join(between);
        ends(MAX_PARTS, |count| format!("enum E {{ {} }}", each(count, "a", ", ")));
        ends(MAX_PARTS, |count| format!("enum E {{ {}, }}", each(count, "a @name(\"b\", c)", ", // c\n")));
        ends(MAX_PARTS, |count| format!("model A {{ a: Int = [{}] }}", each(count, "[1]", ",")));
        ends(MAX_PARTS, |count| format!("model A {{ index ({}) }}", each(count, "a desc", " /* , */ ,")));
        ends(MAX_PARTS, |count| format!("model A {{ a: Int {} }}", each(count, "@a(b: 1)", " ")));
        ends(MAX_PARTS, |count| format!("union U = {}", each(count, "A", " | ")));
        ends(MAX_PARTS, |count| format!("union U = | {}\nmodel A {{}}", each(count, "A", " | ")));
        ends(MAX_PARTS, |count| each(count, "model A {}", "\n"));
        ends(MAX_PARTS, |count| each(count, "union A = B | C", "\n"));
        // The first stands behind a word, not behind a sign.
        ends(MAX_PARTS + 1, |count| format!("model A with {} {{}}", each(count, "B", ", ")));
        let half = each(MAX_MEMBERS / 2, "index (a)", "\n");
        ends(MAX_MEMBERS / 2, |count| {
            format!("model A {{ {half} }} model B {{ {} }}", each(count, "a: Int", "\n"))
        });
        // The brace, and the keyword.
        ends(MAX_DECLARATION - 2, |count| format!("model A {{ index {} }}", each(count, "\"b\"", " ")));
    }
}
