//! Texts that are nearly schemas.

/// xorshift64*: the same numbers on every machine.
pub(crate) struct Random(pub(crate) u64);

impl Random {
    pub(crate) fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33) as usize % end.max(1)
    }

    pub(crate) fn pick<'t>(&mut self, items: &[&'t str]) -> &'t str {
        items[self.below(items.len())]
    }
}

/// What the grammar has a word for, and what it has none for.
pub(crate) const TOKENS: &[&str] = &[
    "model",
    "enum",
    "mixin",
    "union",
    "view",
    "type",
    "with",
    "id",
    "unique",
    "index",
    "table",
    "allow",
    "check",
    "where",
    "using",
    "include",
    "A",
    "Post",
    "User",
    "String",
    "Int",
    "a",
    "id",
    "author",
    "author_id",
    "posts",
    "@id",
    "@unique",
    "@inverse(a)",
    "@inverse(posts)",
    "@fields(author_id)",
    "@references(id)",
    "@through(Post)",
    "@join_table(\"t\", \"a\", \"b\")",
    "@column(\"a\")",
    "@on_delete(set_null)",
    "@no_index",
    "@@",
    "@",
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    "?",
    "!",
    ":",
    "=",
    ",",
    ";",
    ".",
    "..",
    "..=",
    "|",
    "-",
    "+",
    "/",
    "//",
    "///",
    "//!",
    "/*",
    "*/",
    "\"",
    "\"a\"",
    "r\"",
    "r#\"",
    "\\",
    "\\u{",
    "#",
    "0",
    "1.5",
    "99999999999999999999",
    "null",
    "true",
    "now()",
    "autoincrement()",
    "\n",
    "\r\n",
    " ",
    "\t",
    "\0",
    "\u{feff}",
    "é",
    "🦀",
    "\u{202e}",
    "_",
    "$",
    "'",
    "`",
    "~",
];

/// Cuts at a character's boundary at or before a byte.
fn boundary(text: &str, mut at: usize) -> usize {
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

/// The pieces that a text is made of, white space included.
fn pieces(text: &str) -> Vec<String> {
    let mut pieces: Vec<String> = Vec::new();
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    for c in text.chars() {
        match pieces.last_mut() {
            Some(last) if is_word(c) && last.ends_with(is_word) => last.push(c),
            _ => pieces.push(c.to_string()),
        }
    }
    pieces
}

/// A text with a few pieces cut, moved, doubled or put in.
pub(crate) fn mutate(text: &str, random: &mut Random) -> String {
    let mut pieces = pieces(text);
    for _ in 0..=random.below(4) {
        let (at, other) = (random.below(pieces.len()), random.below(pieces.len()));
        match random.below(7) {
            0 => drop(pieces.drain(at.min(other)..at.max(other).min(at.min(other) + 12))),
            1 if !pieces.is_empty() => pieces.swap(at, other),
            2 => pieces.insert(at, random.pick(TOKENS).to_owned()),
            3 if !pieces.is_empty() => pieces[at] = random.pick(TOKENS).to_owned(),
            4 if !pieces.is_empty() => pieces.insert(other, pieces[at].clone()),
            5 => pieces.truncate(pieces.len().saturating_sub(random.below(20))),
            _ => {
                let copied: Vec<String> = pieces.iter().skip(at).take(random.below(40)).cloned().collect();
                pieces.splice(other..other, copied);
            }
        }
    }
    let mut text = pieces.concat();
    if random.below(8) == 0 {
        let at = boundary(&text, random.below(text.len() + 1));
        text.truncate(at);
    }
    text
}
