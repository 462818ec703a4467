//! Lines of other languages: what a broken line is recognised by.
//!
//! Only lines that could not be parsed come here; what they say in Rex is for the compiler to say.

use crate::ast::Span;

/// A language that people come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    /// SQL's definitions of data.
    Sql,
    /// GraphQL's schema language.
    GraphQl,
    /// Rust, and the macros of its libraries.
    Rust,
    /// Prisma's schema language.
    Prisma,
    /// Python's classes: Django's and SQLAlchemy's.
    Python,
    /// TypeScript's classes and interfaces.
    TypeScript,
    /// EdgeDB's schema language.
    EdgeDb,
}

/// Types of SQL in one word.
const SQL_TYPES: [&str; 34] = [
    "bigint",
    "bigserial",
    "blob",
    "bool",
    "boolean",
    "bytea",
    "char",
    "character",
    "citext",
    "date",
    "datetime",
    "decimal",
    "double",
    "float",
    "int",
    "int2",
    "int4",
    "int8",
    "integer",
    "json",
    "jsonb",
    "money",
    "numeric",
    "real",
    "serial",
    "smallint",
    "text",
    "time",
    "timestamp",
    "timestamptz",
    "tinyint",
    "uuid",
    "varchar",
    "varbinary",
];

/// Words that only a column of SQL goes on with.
const SQL_GOES_ON: [&str; 13] = [
    "not",
    "null",
    "primary",
    "unique",
    "default",
    "references",
    "check",
    "generated",
    "auto_increment",
    "autoincrement",
    "collate",
    "constraint",
    "foreign",
];

/// The words of a text, with a `(` where one opens.
fn words(text: &str) -> impl Iterator<Item = &str> {
    let parts = text.split(|c: char| c.is_whitespace() || c == ',' || c == ';');
    parts.filter(|part| !part.is_empty()).flat_map(|part| {
        let head = part.find('(').map_or(part, |at| &part[..at]);
        let open = part.find('(').map(|at| &part[at..=at]);
        [Some(head), open].into_iter().flatten().filter(|word| !word.is_empty())
    })
}

fn is_any(word: Option<&str>, known: &[&str]) -> bool {
    word.is_some_and(|word| known.iter().any(|known| word.eq_ignore_ascii_case(known)))
}

/// The first line, or as much of it as anybody writes by hand.
fn head(text: &str) -> &str {
    const MOST: usize = 1000;
    let end = text.char_indices().map(|(at, _)| at).take_while(|at| *at <= MOST).last().unwrap_or_default();
    let line = if text.len() <= MOST { text } else { &text[..end] };
    without_comment(line.split('\n').next().unwrap_or_default()).trim_end()
}

/// A line up to its comment.
fn without_comment(line: &str) -> &str {
    let mut quoted = false;
    let mut bytes = line.bytes().enumerate().peekable();
    while let Some((at, byte)) = bytes.next() {
        quoted ^= byte == b'"';
        if byte == b'/' && !quoted && bytes.peek().is_some_and(|(_, next)| *next == b'/') {
            return &line[..at];
        }
    }
    line
}

/// What a line is that stands in a block and is no member of it.
pub(crate) fn member(line: &str) -> Option<Language> {
    let line = head(line);
    if line.starts_with("#[") {
        return Some(Language::Rust);
    }
    if is_sql_constraint(line) {
        return Some(Language::Sql);
    }
    if let Some(language) = assigned(line).or_else(|| other_member(line)) {
        return Some(language);
    }
    let mut all = words(line);
    let (name, second, third) = (all.next()?, all.next(), all.next());
    if second == Some("->") {
        return Some(Language::Rust);
    }
    let is_name = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    // What is no word, such as a comma or a space of any alphabet, may stand before the first.
    let behind = line.strip_prefix(name).unwrap_or_default();
    let is_argument = behind.starts_with('(') && behind.contains("):");
    if is_name && is_argument && is_balanced(&behind[..=behind.find("):")?]) {
        return Some(Language::GraphQl);
    }
    if line.starts_with('"') && line.trim_end().ends_with('"') && line.len() > 2 {
        return Some(Language::GraphQl);
    }
    let goes_on = all.any(|word| is_any(Some(word), &SQL_GOES_ON)) || is_any(third, &SQL_GOES_ON);
    let second = second.map(|word| word.trim_end_matches("[]"));
    let is_column =
        !line.contains(": ") && is_any(second, &SQL_TYPES) && (goes_on || line.trim_end().ends_with(','));
    is_column.then_some(Language::Sql)
}

fn is_balanced(text: &str) -> bool {
    text.matches('(').count() == text.matches(')').count()
}

/// `PRIMARY KEY (a, b)`, `INDEX by_title (title)`, `CONSTRAINT …`, also where a field without a
/// colon could be read.
pub(crate) fn is_sql_constraint(line: &str) -> bool {
    let mut all = words(line);
    let (first, second, third) = (all.next(), all.next(), all.next());
    let is = |word: Option<&str>, known: &str| is_any(word, &[known]);
    let key = is(first, "primary") || is(first, "foreign") || is(first, "unique");
    let shouts = first.is_some_and(|word| word.bytes().all(|byte| byte.is_ascii_uppercase()));
    (key && is(second, "key"))
        || (is(first, "constraint") && third.is_some() && !line.contains(": "))
        || (shouts && is_any(first, &["INDEX", "KEY"]) && (second == Some("(") || third == Some("(")))
        || (shouts && is_any(first, &["UNIQUE", "CHECK"]) && second == Some("("))
}

/// A line with an `=` behind its first word, as classes of Python and types of EdgeDB have it.
pub(crate) fn assigned(line: &str) -> Option<Language> {
    let line = head(line);
    let length = line.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_'))?;
    let (name, rest) = line.split_at(length);
    let rest = rest.trim_start();
    if name.is_empty() {
        return None;
    }
    if name.starts_with("__") && rest.starts_with('=') {
        return Some(Language::Python);
    }
    if let Some(value) = rest.strip_prefix(":=") {
        return value.trim_start().starts_with(['.', '(']).then_some(Language::EdgeDb);
    }
    let value = rest.strip_prefix('=')?.trim_start();
    let call = value.split('(').next().filter(|_| value.contains('('))?;
    const CALLS: [&str; 4] = ["mapped_column", "relationship", "association_proxy", "synonym"];
    let is_class =
        call.rsplit('.').next().is_some_and(|name| name.starts_with(|c: char| c.is_ascii_uppercase()));
    (is_class || CALLS.contains(&call) || call.starts_with("models.")).then_some(Language::Python)
}

/// What a broken line begins with in other languages.
fn other_member(line: &str) -> Option<Language> {
    let mut all = words(line);
    let (first, second) = (all.next()?, all.next());
    let is_decorator = line.starts_with('@') && line[1..].starts_with(|c: char| c.is_ascii_uppercase());
    let is_python =
        matches!(first, "def" | "class" | "return" | "pass" | "from" | "import") || first.starts_with("__");
    match first {
        _ if is_decorator => Some(Language::TypeScript),
        _ if is_python => Some(Language::Python),
        "required" | "multi" | "single" | "property" | "link" | "constraint" => {
            second.map(|_| Language::EdgeDb)
        }
        "index" if second == Some("on") && line.contains("(.") => Some(Language::EdgeDb),
        "constructor" | "static" => Some(Language::TypeScript),
        _ => None,
    }
}

/// A word that stands before a field in another language.
pub(crate) fn modifier(word: &str) -> Option<Language> {
    Some(match word {
        "pub" => Language::Rust,
        "readonly" | "private" | "public" | "protected" | "declare" => Language::TypeScript,
        "required" | "optional" | "multi" | "single" | "property" | "link" => Language::EdgeDb,
        "class" => Language::Python,
        _ => return None,
    })
}

/// Whether an attribute, ours or another language's, is written with arguments.
pub(crate) fn takes_argument(attribute: &str) -> bool {
    const ALL: [&str; 28] = [
        "default",
        "length",
        "range",
        "one_of",
        "pattern",
        "validate",
        "column",
        "map",
        "name",
        "on_delete",
        "on_key_change",
        "on_update",
        "inverse",
        "fields",
        "references",
        "through",
        "join_table",
        "constraint",
        "db",
        "rust",
        "deprecated",
        "renamed_from",
        "backfill",
        "computed",
        "allow",
        "check",
        "relation",
        "size",
    ];
    ALL.contains(&attribute)
}

/// Whether a text is one value: a word, a number, a text or a call.
pub(crate) fn is_one_value(text: &str) -> bool {
    let is_word = |text: &str| {
        !text.is_empty()
            && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.'))
    };
    let inside = |open: char, close: char| {
        let inner = text.strip_prefix(open).and_then(|text| text.strip_suffix(close));
        inner.is_some_and(|inner| !inner.contains([open, close, '\\']))
    };
    let ends_there = |rest: &str| rest.strip_suffix(')').is_some_and(|inner| !inner.contains(')'));
    let is_call = text.split_once('(').is_some_and(|(name, rest)| is_word(name) && ends_there(rest));
    is_word(text.strip_prefix('-').unwrap_or(text)) || inside('"', '"') || inside('[', ']') || is_call
}

/// Whether what stands behind a field on its line is what a column of SQL goes on with.
pub(crate) fn goes_on_as_sql(text: &str) -> bool {
    let mut all = words(text);
    let (first, second) = (all.next(), all.next());
    let is_action = is_any(first, &["on"]) && is_any(second, &["delete", "update"]);
    (is_action || is_any(first, &SQL_GOES_ON)) && !text.contains(": ")
}

/// Whether a type without a colon before it is one of SQL, and a comma follows.
pub(crate) fn is_sql_column(ty: &str, line: &str) -> bool {
    is_any(words(ty).next().map(|word| word.trim_end_matches("[]")), &SQL_TYPES) && head(line).ends_with(',')
}

/// Where lines of other languages begin that stand outside of blocks, and what they are.
pub(crate) fn items(text: &str) -> Vec<(usize, Language)> {
    let (mut depth, mut at) = (0usize, 0);
    let mut found = Vec::new();
    for line in text.split_inclusive('\n') {
        let bare = line.trim_start();
        if depth == 0
            && let Some(language) = item(bare)
            // What is within a class of Python is indented, and a decorator belongs to its class.
            && (language != Language::Python || bare.len() == line.len())
            && !decorates(text, found.last(), language)
        {
            found.push((at + line.len() - bare.len(), language));
        }
        for byte in line.bytes() {
            match byte {
                b'{' | b'(' => depth += 1,
                b'}' | b')' => depth = depth.saturating_sub(1),
                _ => {}
            }
        }
        at += line.len();
    }
    found
}

/// Whether what was found last is a decorator, or an attribute of Rust, of what follows.
fn decorates(text: &str, last: Option<&(usize, Language)>, language: Language) -> bool {
    let sign = match language {
        Language::TypeScript => "@",
        Language::Rust => "#[",
        _ => return false,
    };
    last.is_some_and(|&(at, other)| other == language && text[at..].starts_with(sign))
}

fn item(line: &str) -> Option<Language> {
    const VERBS: [&str; 7] = ["create", "alter", "drop", "insert", "grant", "comment", "truncate"];
    const OBJECTS: [&str; 14] = [
        "table",
        "index",
        "unique",
        "type",
        "view",
        "materialized",
        "schema",
        "extension",
        "sequence",
        "function",
        "trigger",
        "into",
        "on",
        "or",
    ];
    let line = head(line);
    let mut all = words(line);
    let (first, second) = (all.next()?, all.next());
    if is_any(Some(first), &VERBS) && is_any(second, &OBJECTS) {
        return Some(Language::Sql);
    }
    let is_macro = first.ends_with('!') || first.split("::").last().is_some_and(|name| name.ends_with('!'));
    let rust = ["pub", "use", "impl", "fn", "mod", "struct"];
    if is_macro || line.starts_with("#[") || rust.contains(&first) {
        return Some(Language::Rust);
    }
    if let Some(language) = other_item(line, first, second) {
        return Some(language);
    }
    // `users (id) {`
    let is_table = second == Some("(") && line.trim_end().ends_with('{') && line.contains(") {");
    if is_table {
        return Some(Language::Rust);
    }
    let graphql = match first {
        "scalar" | "directive" | "extend" | "fragment" => second.is_some(),
        "schema" | "query" | "mutation" => second == Some("{"),
        "type" | "interface" | "input" | "union" => {
            let third = all.next();
            (third == Some("{") && (first == "interface" || first == "input"))
                || third == Some("implements")
                || third.is_some_and(|word| word.starts_with('@'))
        }
        _ => false,
    };
    graphql.then_some(Language::GraphQl)
}

/// What begins outside of blocks in Python, TypeScript and EdgeDB.
fn other_item(line: &str, first: &str, second: Option<&str>) -> Option<Language> {
    let is_class = first == "class" && (line.contains('(') || line.ends_with(':'));
    let is_import = first == "import" || (first == "from" && line.contains(" import "));
    let is_decorator = line.starts_with('@') && line[1..].starts_with(|c: char| c.is_ascii_uppercase());
    match first {
        _ if is_class => Some(Language::Python),
        "from" if is_import => Some(Language::Python),
        "import" if line.contains(['"', '\'']) => Some(Language::TypeScript),
        "import" if second.is_some() => Some(Language::Python),
        "export" if second.is_some() => Some(Language::TypeScript),
        "const" | "let" if second.is_some() => Some(Language::TypeScript),
        _ if is_decorator => Some(Language::TypeScript),
        "abstract" | "module" | "alias" => {
            (second.is_some() && second != Some("model")).then_some(Language::EdgeDb)
        }
        "scalar" if second == Some("type") => Some(Language::EdgeDb),
        "type" if line.contains(" extending ") => Some(Language::EdgeDb),
        _ => None,
    }
}

/// A line without its comment and what separates it from the next.
pub(crate) fn bare(source: &str, line: Span) -> Span {
    let text = &source[line.range()];
    let end = text.find('\n').unwrap_or(text.len());
    let kept = without_comment(&text[..end]).trim_end().trim_end_matches([',', ';']).trim_end();
    Span { start: line.start, end: line.start + kept.len() as u32 }
}

#[cfg(test)]
mod tests {
    use super::is_one_value;

    #[test]
    fn a_call_ends_where_its_text_does() {
        assert!(is_one_value("now()") && is_one_value("f(1, 2)") && is_one_value("-5"));
        for text in ["f(", "f()(", "f() g()", "(", ""] {
            assert!(!is_one_value(text), "{text}");
        }
    }
}
